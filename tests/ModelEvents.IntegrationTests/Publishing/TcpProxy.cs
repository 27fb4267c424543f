using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ModelEvents.Tests.Publishing;

/// <summary>Stands between a client and the broker, and can be cut, mended or frozen.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly ConcurrentBag<TcpClient> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _target;
    private readonly TcpListener _listener;
    private volatile bool _isFrozen;
    private volatile bool _isCut;

    public TcpProxy(Uri target)
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The broker's address through this proxy.</summary>
    public Uri Address => new UriBuilder(_target) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;

    /// <summary>Breaks every connection, and each new one until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var connection in _connections)
            connection.Client?.Close(0);
    }

    /// <summary>How many bytes wait to be forwarded.</summary>
    public int Waiting => _connections.Sum(connection => connection.Client is { Connected: true } open ? open.Available : 0);

    /// <summary>Keeps connections open but forwards nothing, as a broker does that blocks its publishers.</summary>
    public void Freeze() => _isFrozen = true;

    /// <summary>Lets bytes through again.</summary>
    public void Mend() => (_isCut, _isFrozen) = (false, false);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
                _ = ForwardAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var broker = new TcpClient();
        _connections.Add(client);
        _connections.Add(broker);
        try
        {
            using (client)
            {
                if (_isCut)
                    return;

                await broker.ConnectAsync(_target.Host, _target.Port, _stop.Token);
                await Task.WhenAny(
                    CopyAsync(client.GetStream(), broker.GetStream()),
                    CopyAsync(broker.GetStream(), client.GetStream()));
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Cut.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[65536];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            while (_isFrozen)
                await Task.Delay(10, _stop.Token);

            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
