using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ModelEvents.Tests.Publishing;

/// <summary>Stands between a client and the broker, and can be cut, mended or frozen.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    // A frame of AMQP 0-9-1 (2.3): type, channel (2 bytes), size (4), payload, end. This one is connection.close with code 320
    // and no text, of no method (1.4.2).
    private const int FrameHead = 7;
    private const int FrameEnd = 1;
    private static readonly byte[] CloseFrame = [1, 0, 0, 0, 0, 0, 11, 0, 10, 0, 50, 1, 64, 0, 0, 0, 0, 0, 0xCE];

    private readonly ConcurrentBag<TcpClient> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _target;
    private readonly TcpListener _listener;
    private long _untilFrozen = long.MaxValue;
    private volatile bool _isFrozen;
    private volatile bool _isCut;
    private volatile int _closes;

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

    /// <summary>Closes every connection as a broker does that is stopped: it says so, and hangs up a little later.</summary>
    public void Close() => Interlocked.Increment(ref _closes);

    /// <summary>How many bytes wait to be forwarded.</summary>
    public int Waiting => _connections.Sum(connection => connection.Client is { Connected: true } open ? open.Available : 0);

    /// <summary>Keeps connections open but forwards nothing, as a broker does that blocks its publishers.</summary>
    public void Freeze() => _isFrozen = true;

    /// <summary>Freezes by itself, once about so many bytes have come from the client: in the middle of what it sends.</summary>
    public void FreezeAfter(int bytes) => Interlocked.Exchange(ref _untilFrozen, bytes);

    /// <summary>Lets bytes through again.</summary>
    public void Mend()
    {
        FreezeAfter(int.MaxValue);
        (_isCut, _isFrozen) = (false, false);
    }

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
                    CopyFramesAsync(broker.GetStream(), client.GetStream(), _closes));
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
            if (Interlocked.Add(ref _untilFrozen, -read) < 0)
                Freeze();
        }
    }

    private async Task CopyFramesAsync(NetworkStream from, NetworkStream to, int closes)
    {
        var head = new byte[FrameHead];
        while (closes == _closes)
        {
            await from.ReadExactlyAsync(head, _stop.Token);
            var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(3)) + FrameEnd];
            await from.ReadExactlyAsync(rest, _stop.Token);
            while (_isFrozen)
                await Task.Delay(10, _stop.Token);

            await to.WriteAsync((byte[])[.. head, .. rest], _stop.Token);
        }

        await to.WriteAsync(CloseFrame, _stop.Token);
        await Task.Delay(100, _stop.Token);
    }
}
