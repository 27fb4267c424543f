namespace Shop.Run;

/// <summary>Waits until everything that was committed has been delivered, as long as there is progress.</summary>
internal sealed class Delivery(Counter counter, Ledger ledger, Receipts receipts, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer than an outage of the broker that somebody repairs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Returns the last counts, once they stand still: complete, or for too long.</summary>
    public async Task<Counts> WaitAsync(long expected, bool consumes, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        var counts = await counter.CountAsync(cancellationToken);
        var lastProgress = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var before = counts;
            counts = await counter.CountAsync(cancellationToken);
            if (counts != before)
                lastProgress = time.GetTimestamp();
            else if (IsComplete(counts, expected, consumes) || time.GetElapsedTime(lastProgress) > Patience)
                break;
        }

        return counts;
    }

    private bool IsComplete(Counts counts, long expected, bool consumes) =>
        counts.Waiting == 0
        && counts.Published >= expected
        && (!consumes || ledger.ConsumedIn(receipts) >= ledger.Count);
}
