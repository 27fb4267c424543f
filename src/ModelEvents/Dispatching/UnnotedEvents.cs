using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// What became of events that this process has delivered and could not note in their outbox: when they are claimed again, in
/// this session or another one, that is noted and they are not delivered again.
/// </summary>
internal sealed class UnnotedEvents(TimeProvider time)
{
    // Sessions end soon after noting fails: this is many times what is in flight then.
    private const int Most = 100_000;

    // What is not claimed again was noted after all, such as by a commit whose answer was lost.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Handler, Guid Id), (Failure? Failure, long At)> _events = [];
    private long _lastAt;
    private volatile bool _any;

    /// <summary>Whether there are any.</summary>
    public bool Any => _any;

    /// <summary>Takes what could not be noted of a batch.</summary>
    public void Add(string? handler, DeliveredBatch batch)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var one in batch.Published)
                Add((handler ?? "", one.Id), failure: null, now);
            foreach (var one in batch.Failed)
                Add((handler ?? "", one.Event.Id), new Failure(one.Attempts, one.Error, one.RetryAfter), now);
        }
    }

    /// <summary>Takes what a session, which is closed, has not noted.</summary>
    public void Add(IOutboxSession closed)
    {
        if (closed is not INotingSession session)
            return;

        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var one in session.Unnoted)
                Add(one, failure: null, now);
        }
    }

    /// <summary>
    /// Enters what became of claimed events before; returns whether any was there: then that is noted first, and nothing else
    /// is delivered.
    /// </summary>
    public bool TryRecall(string? handler, IReadOnlyList<OutboxEntry> claimed, DeliveredBatch batch)
    {
        lock (_lock)
        {
            // A session may last for long, and this is asked for each batch of it.
            if (time.GetElapsedTime(_lastAt) > Lifetime)
                ForgetAll();
            foreach (var entry in claimed)
            {
                if (!_events.TryGetValue((handler ?? "", entry.Event.Id), out var known))
                    continue;
                if (known.Failure is null)
                    batch.Published.Add(entry.Event);
                else if (known.Failure.IsOf(entry))
                    batch.Failed.Add(known.Failure.Of(entry.Event));
            }
        }

        return batch.IsRecalled = batch.HasOutcomes;
    }

    /// <summary>Forgets what was noted.</summary>
    public void Forget(string? handler, DeliveredBatch batch)
    {
        lock (_lock)
        {
            foreach (var one in batch.Published)
                _events.Remove((handler ?? "", one.Id));
            foreach (var one in batch.Failed)
                _events.Remove((handler ?? "", one.Event.Id));
            _any = _events.Count > 0;
        }
    }

    /// <summary>Forgets what was not claimed again for long.</summary>
    public void ForgetOld()
    {
        lock (_lock)
        {
            foreach (var (one, _) in _events.Where(known => time.GetElapsedTime(known.Value.At) > Lifetime).ToList())
                _events.Remove(one);
            _any = _events.Count > 0;
        }
    }

    private void ForgetAll()
    {
        _events.Clear();
        _any = false;
    }

    private void Add((string Handler, Guid Id) one, Failure? failure, long now)
    {
        if (_events.Count < Most)
            _events[one] = (failure, now);
        _lastAt = now;
        _any = true;
    }

    /// <summary>A <see cref="FailedEvent"/> without its event, which may be large.</summary>
    private sealed record Failure(int Attempts, string Error, TimeSpan? RetryAfter)
    {
        /// <summary>
        /// Whether it is that of the entry's next attempt. One that was noted after all may have been parked, and let go to be tried
        /// from the first attempt on.
        /// </summary>
        public bool IsOf(OutboxEntry entry) => entry.Attempts == Attempts - 1 && (RetryAfter is not null || entry.Attempts > 0);

        public FailedEvent Of(ModelEvent item) => new(item, Attempts, Error, RetryAfter);
    }
}
