using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// How long a worker without work waits before it looks again: little at first, in case a wake-up was missed, then twice
/// as long each time up to the poll interval, and never past the next retry.
/// </summary>
internal sealed class IdlePause(IOutboxSession session, LaneSlice slice, TimeSpan pollInterval, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<DateTimeOffset, DateTimeOffset> _retries = new();
    private TimeSpan _pause = Shortest;

    /// <summary>Takes note of a batch, and of when its failed events are due again.</summary>
    public void Note(DeliveredBatch batch)
    {
        if (!batch.HasOutcomes)
            return;

        _pause = Shortest;
        var now = time.GetUtcNow();
        foreach (var failed in batch.Failed)
        {
            if (failed.RetryAfter is { } rest)
                _retries.Enqueue(now + rest, now + rest);
        }
    }

    /// <summary>Waits for work.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var pause = _pause < pollInterval ? _pause : pollInterval;
        var retry = UntilNextRetry();
        var woken = await session.WaitAsync(slice, retry < pause ? retry.Value : pause, cancellationToken)
            .ConfigureAwait(false);

        _pause = ForgetRetriesThatAreDue() || woken ? Shortest : pause * 2;
    }

    /// <summary>Waits for the next retry; returns false at once if there is none.</summary>
    public async Task<bool> WaitForRetryAsync(CancellationToken cancellationToken)
    {
        if (UntilNextRetry() is null)
            return false;

        await WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private TimeSpan? UntilNextRetry()
    {
        if (!_retries.TryPeek(out var due, out _))
            return null;

        var rest = due - time.GetUtcNow();
        return rest > Instant ? rest : Instant;
    }

    private bool ForgetRetriesThatAreDue()
    {
        var any = false;
        for (; _retries.TryPeek(out var due, out _) && due <= time.GetUtcNow(); any = true)
            _retries.Dequeue();

        return any;
    }
}
