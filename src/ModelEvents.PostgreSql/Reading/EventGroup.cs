namespace ModelEvents.Outbox;

/// <summary>
/// Events that leave together: a committed transaction in the log, or a row of the table. An event counts once for each of
/// its targets, whose queues know nothing of each other.
/// </summary>
internal class EventGroup
{
    private int _left;
    private int _all;

    /// <summary>Events that are neither done nor set aside.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>Whether events were handed over, and all of them are done. One whose events were not is not over.</summary>
    public bool IsOver => Left == 0 && Volatile.Read(ref _all) > 0;

    /// <summary>Whether any is done.</summary>
    public bool IsBegun => Left < Volatile.Read(ref _all);

    /// <summary>Whether some are done and others are not.</summary>
    public bool IsPartlyDone => Left > 0 && IsBegun;

    /// <summary>Notes events that were read, before the first of them can be done.</summary>
    public void Expect(int count)
    {
        // In this order: it must not seem to be begun meanwhile.
        Interlocked.Add(ref _left, count);
        Interlocked.Add(ref _all, count);
    }

    /// <summary>Keeps the group from being done before all that was read of it is expected.</summary>
    public void Hold() => Expect(1);

    /// <summary>Ends a hold. The group must not seem to be begun by that.</summary>
    public void LetGo()
    {
        Interlocked.Decrement(ref _all);
        Interlocked.Decrement(ref _left);
    }

    public void Done() => Interlocked.Decrement(ref _left);
}
