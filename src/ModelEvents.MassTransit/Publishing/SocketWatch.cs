using System.Net.Sockets;

namespace ModelEvents.Publishing;

/// <summary>What is known of the sockets of a bus.</summary>
internal sealed class SocketWatch
{
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _opening = [];
    private readonly HashSet<Socket> _open = [];
    private TaskCompletionSource<Exception> _failed = NewFailed();
    private int _attempts;
    private volatile bool _isAborted;
    private volatile bool _isBlind;

    /// <summary>How many connections were tried so far.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Why the next attempt fails that does.</summary>
    public Task<Exception> Failed
    {
        get
        {
            lock (_lock)
                return _failed.Task;
        }
    }

    /// <summary>Whether one is open, or is being opened.</summary>
    public bool IsAnyOpen
    {
        get
        {
            lock (_lock)
                return _opening.Count > 0 || !_open.All(IsHungUp);
        }
    }

    /// <summary>Whether one is open.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
                return !_open.All(IsHungUp);
        }
    }

    /// <summary>Whether no connection is made any more.</summary>
    public bool IsAborted => _isAborted;

    /// <summary>Whether the bus makes sockets of which nothing is known, as the user wants.</summary>
    public bool IsBlind => _isBlind;

    /// <summary>Sockets are made that this does not hear of.</summary>
    public void Blind() => _isBlind = true;

    /// <summary>A connection is tried.</summary>
    /// <exception cref="SocketException">None is made any more. As from the network: MassTransit waits on one that is cancelled.
    /// </exception>
    public void Opening(Socket socket)
    {
        lock (_lock)
        {
            if (_isAborted)
                throw new SocketException((int)SocketError.OperationAborted);

            _attempts++;
            _opening.Add(socket);
        }
    }

    /// <summary>An attempt has led to a connection.</summary>
    public void Opened(Socket socket)
    {
        lock (_lock)
        {
            _opening.Remove(socket);
            if (!_isAborted)
                _open.Add(socket);
        }
    }

    /// <summary>An attempt has led to none.</summary>
    public void Fail(Socket socket, Exception reason)
    {
        TaskCompletionSource<Exception> failed;
        lock (_lock)
        {
            _opening.Remove(socket);
            (failed, _failed) = (_failed, NewFailed());
        }

        failed.SetResult(reason);
    }

    /// <summary>Ends every connection and attempt, and lets no other begin.</summary>
    public void Abort()
    {
        Socket[] all;
        lock (_lock)
        {
            _isAborted = true;
            all = [.. _opening, .. _open];
            _opening.Clear();
            _open.Clear();
        }

        Array.ForEach(all, socket => socket.Dispose());
    }

    /// <summary>The same, unless there is nothing to end.</summary>
    public void AbortIfAny()
    {
        if (IsAnyOpen)
            Abort();
    }

    /// <summary>A connection has ended.</summary>
    public void Lost(Socket socket)
    {
        lock (_lock)
            _open.Remove(socket);
    }

    private static TaskCompletionSource<Exception> NewFailed() => new(TaskCreationOptions.RunContinuationsAsynchronously);

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
