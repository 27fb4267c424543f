using System.Net.Sockets;

namespace ModelEvents.Publishing;

/// <summary>What is known of the sockets of a bus.</summary>
internal sealed class SocketWatch
{
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private int _attempts;
    private int _opening;

    /// <summary>How many connections were tried so far.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Whether one is open, or is being opened.</summary>
    public bool IsAnyOpen
    {
        get
        {
            lock (_lock)
                return _opening > 0 || !_open.All(IsHungUp);
        }
    }

    public void Opening()
    {
        lock (_lock)
        {
            _attempts++;
            _opening++;
        }
    }

    /// <summary>An attempt is over, and has led to a connection unless <paramref name="opened"/> is <see langword="null"/>.</summary>
    public void Opened(Socket? opened)
    {
        lock (_lock)
        {
            _opening--;
            if (opened is not null)
                _open.Add(opened);
        }
    }

    public void Lost(Socket socket)
    {
        lock (_lock)
            _open.Remove(socket);
    }

    /// <summary>Whether the other side has closed it. Who should notice may be what is stuck.</summary>
    private static bool IsHungUp(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }
}
