namespace ModelEvents.Outbox;

/// <summary>
/// Events that leave together: a committed transaction in the log, or a row of the table. An event counts once for each of
/// its targets, whose queues know nothing of each other.
/// </summary>
internal class EventGroup
{
    // Of a large transaction the first are remembered: memory has an end.
    private const int MostRemembered = 10_000;

    private int _left;
    private int _all;
    private DeliveredEvent? _delivered;

    /// <summary>What was delivered of it, until that is noted and the group forgotten.</summary>
    public IEnumerable<(string Handler, Guid EventId)> Delivered
    {
        get
        {
            for (var one = Volatile.Read(ref _delivered); one is not null; one = one.Before)
                yield return (one.Handler, one.Id);
        }
    }

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

    /// <summary>The same for an event that was delivered, which is remembered in case that cannot be noted.</summary>
    public void Done(ModelEvent delivered)
    {
        if (Volatile.Read(ref _all) <= MostRemembered)
            Remember(new DeliveredEvent(delivered.Handler ?? "", delivered.Id));
        Done();
    }

    /// <summary>Queues of several targets do so at once.</summary>
    private void Remember(DeliveredEvent one)
    {
        do
            one.Before = Volatile.Read(ref _delivered);
        while (Interlocked.CompareExchange(ref _delivered, one, one.Before) != one.Before);
    }

    private sealed class DeliveredEvent(string handler, Guid id)
    {
        public string Handler => handler;

        public Guid Id => id;

        public DeliveredEvent? Before { get; set; }
    }
}
