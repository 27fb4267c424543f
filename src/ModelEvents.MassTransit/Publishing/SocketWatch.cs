namespace ModelEvents.Publishing;

/// <summary>What the sockets of a bus tell of its connections.</summary>
internal sealed class SocketWatch
{
    private int _attempts;
    private int _open;

    /// <summary>How many connections were tried so far.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Whether one is open, or is being opened.</summary>
    public bool IsAnyOpen => Volatile.Read(ref _open) > 0;

    public void Opening()
    {
        Interlocked.Increment(ref _attempts);
        Interlocked.Increment(ref _open);
    }

    public void Lost() => Interlocked.Decrement(ref _open);
}
