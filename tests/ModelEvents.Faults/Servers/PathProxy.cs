using System.Net;
using System.Net.Sockets;

namespace ModelEvents.Faults.Servers;

/// <summary>A TCP path that can be cut, stalled or made one-way. It leads to the first of its targets that answers.</summary>
internal sealed class PathProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<ProxiedConnection> _connections = [];
    private readonly PathGate _toServer = new();
    private readonly PathGate _fromServer = new();
    private readonly Task _accepting;
    private TcpListener? _listener;
    private uint _turn;
    private TaskCompletionSource _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PathProxy(int port, params IReadOnlyList<int> targets)
    {
        Port = port;
        Targets = targets;
        _listener = Listen();
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Ports of servers, the preferred first. Set for new connections.</summary>
    public IReadOnlyList<int> Targets { get; set; }

    /// <summary>Whether new connections begin with another target each, as those of a load balancer do.</summary>
    public bool IsSpread { get; init; }

    /// <summary>Resets every connection and refuses new ones.</summary>
    public void Cut()
    {
        lock (_connections)
        {
            _listener?.Dispose();
            _listener = null;
        }

        Reset();
    }

    /// <summary>Keeps connections open and accepts new ones, but forwards nothing, not even their ends.</summary>
    public void Stall()
    {
        _toServer.Close();
        _fromServer.Close();
    }

    /// <summary>Forwards in one direction only.</summary>
    public void OneWay(PathDirection open) => (open == PathDirection.ToServer ? _fromServer : _toServer).Close();

    /// <summary>Resets the connections that are open now.</summary>
    public void Reset()
    {
        ProxiedConnection[] open;
        lock (_connections)
            open = [.. _connections];
        foreach (var connection in open)
            connection.Abort();
    }

    /// <summary>Forwards again: what was held back, and what comes.</summary>
    public void Mend()
    {
        _toServer.Open();
        _fromServer.Open();
        lock (_connections)
        {
            if (_listener is not null)
                return;

            _listener = Listen();
            _mended.TrySetResult();
            _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Cut();
        Mend();
        Cut();
        await _accepting;
        _end.Dispose();
    }

    private IReadOnlyList<int> NextTargets()
    {
        var targets = Targets;
        var first = IsSpread ? (int)(Interlocked.Increment(ref _turn) % (uint)targets.Count) : 0;
        return [.. targets.Skip(first), .. targets.Take(first)];
    }

    private TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start(512);
        return listener;
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            TcpListener? listener;
            Task mended;
            lock (_connections)
                (listener, mended) = (_listener, _mended.Task);

            try
            {
                if (listener is null)
                    await mended.WaitAsync(_end.Token);
                else
                    _ = ForwardAsync(await listener.AcceptSocketAsync(_end.Token));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException
                                                  or InvalidOperationException or OperationCanceledException)
            {
                // The listener was cut: the next turn looks again.
            }
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var connection = new ProxiedConnection(client, _toServer, _fromServer);
        lock (_connections)
        {
            if (_listener is null)
                return;

            _connections.Add(connection);
        }

        await connection.RunAsync(NextTargets(), _end.Token);
        lock (_connections)
            _connections.Remove(connection);
    }
}
