using ModelEvents.Outbox;

namespace ModelEvents.Tests.Dispatching;

/// <summary>An outbox in memory that keeps to the contract, notes how it is used, and breaks when told to.</summary>
internal sealed class FakeOutbox(TimeProvider clock) : IOutboxReader
{
    private readonly Lock _lock = new();
    private readonly List<Row> _rows = [];
    private readonly Dictionary<LaneSlice, Waiter> _waiters = [];
    private TaskCompletionSource _woken = new();
    private long _sequence;

    public string Name { get; init; } = "ShopContext";

    public bool IsDurable { get; init; } = true;

    /// <summary>Asked before each call with the member's name: what it throws, if anything.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    /// <summary>Whether it says how long its oldest event has waited.</summary>
    public bool IsAgeKnown { get; set; } = true;

    /// <summary>Whether a session leads from when it is opened, and another process waits.</summary>
    public bool Leads { get; set; }

    /// <summary>What is called when a session takes over.</summary>
    public Func<CancellationToken, Task>? TakingOver { get; private set; }

    private List<(string Member, DateTimeOffset At)> Calls { get; } = [];

    /// <summary>What a session must never do and did.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>How many calls threw.</summary>
    public int Faults { get; private set; }

    public int OpenSessions { get; private set; }

    /// <summary>What waits and is not parked.</summary>
    public string[] Waiting => Rows(row => row.ParkedAt is null, row => row.Event.Name);

    public ParkedEvent[] Parked => Rows(
        row => row.ParkedAt is not null,
        row => new ParkedEvent(row.Event, row.Attempts, row.ParkedAt!.Value, row.Error!));

    public int Count(string member) => TimesOf(member).Length;

    /// <summary>When <paramref name="member"/> was called.</summary>
    public DateTimeOffset[] TimesOf(string member)
    {
        lock (_lock)
            return [.. Calls.Where(call => call.Member == member).Select(call => call.At)];
    }

    public DateTimeOffset DueAt(string name) => Rows(row => row.Event.Name == name, row => row.DueAt).Single();

    public int AttemptsOf(string name) => Rows(row => row.Event.Name == name, row => row.Attempts).Single();

    public void SetAttempts(string name, int attempts)
    {
        lock (_lock)
            _rows.Single(row => row.Event.Name == name).Attempts = attempts;
    }

    public void Park(string name, string error)
    {
        lock (_lock)
        {
            var row = _rows.Single(row => row.Event.Name == name);
            (row.ParkedAt, row.Error) = (clock.GetUtcNow(), error);
        }
    }

    /// <summary>Commits events, each named <paramref name="names"/>, of one key.</summary>
    public void Commit(string key, params string[] names)
    {
        lock (_lock)
        {
            foreach (var name in names)
                _rows.Add(new Row(Events.Make(name, key, clock.GetUtcNow()) with { Sequence = ++_sequence }));
        }

        Wake();
    }

    /// <summary>Appends a committed event, with a number of its own.</summary>
    public void Commit(ModelEvent item)
    {
        lock (_lock)
            _rows.Add(new Row(item with { Sequence = ++_sequence }));

        Wake();
    }

    public Task<IOutboxSession> OpenAsync(CancellationToken cancellationToken)
    {
        Enter(nameof(OpenAsync), cancellationToken);
        lock (_lock)
            OpenSessions++;
        var session = new Session(this, clock);
        return Task.FromResult<IOutboxSession>(Leads ? new LeadSession(session, clock.GetTimestamp()) : session);
    }

    public void Wake()
    {
        lock (_lock)
        {
            _woken.TrySetResult();
            foreach (var waiter in _waiters.Values)
                waiter.Wake();
        }
    }

    public async Task WokenAsync(CancellationToken cancellationToken)
    {
        await _woken.Task.WaitAsync(cancellationToken);
        lock (_lock)
            _woken = new TaskCompletionSource();
    }

    public Task NotifyOthersAsync(CancellationToken cancellationToken)
    {
        Enter(nameof(NotifyOthersAsync), cancellationToken);
        return Task.CompletedTask;
    }

    public Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        Enter(nameof(GetStatusAsync), cancellationToken);
        var waiting = Rows(row => row.ParkedAt is null, row => row.Event.OccurredAt);
        return Task.FromResult(new OutboxStatus(waiting.Length, Parked.Length, waiting.Length == 0 || !IsAgeKnown ? null : waiting.Min()));
    }

    public Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        int limit, string? handler, CancellationToken cancellationToken) =>
        Fault(nameof(ListParkedAsync)) is { } exception
            ? Task.FromException<IReadOnlyList<ParkedEvent>>(exception)
            : Task.FromResult<IReadOnlyList<ParkedEvent>>(
                [.. Parked.Where(one => handler is null || handler == (one.Handler ?? "")).Take(limit)]);

    public Task<int> RetryParkedAsync(
        IReadOnlyCollection<Guid>? eventIds, string? handler, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var parked = _rows.FindAll(row => row.ParkedAt is not null && eventIds?.Contains(row.Event.Id) != false);
            parked.ForEach(row => (row.ParkedAt, row.Attempts) = (null, 0));
            Wake();
            return Task.FromResult(parked.Count);
        }
    }

    public Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, string? handler, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(_rows.RemoveAll(row => row.ParkedAt is not null && eventIds.Contains(row.Event.Id)));
    }

    private void Enter(string member, CancellationToken cancellationToken)
    {
        lock (_lock)
            Calls.Add((member, clock.GetUtcNow()));
        cancellationToken.ThrowIfCancellationRequested();
        if (Fault(member) is not { } exception)
            return;

        Faults++;
        throw exception;
    }

    private T[] Rows<T>(Func<Row, bool> which, Func<Row, T> value)
    {
        lock (_lock)
            return [.. _rows.Where(which).Select(value)];
    }

    private sealed class Row(ModelEvent item)
    {
        public ModelEvent Event => item;

        public int Attempts { get; set; }

        public DateTimeOffset DueAt { get; set; }

        public DateTimeOffset? ParkedAt { get; set; }

        public string? Error { get; set; }

        public LaneSlice? ClaimedBy { get; set; }
    }

    private sealed class LeadSession(Session session, long since) : ILeadSession
    {
        public long? LeadsSince => since;

        public Task<bool> IsAwaitedAsync(CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<IReadOnlyList<OutboxEntry>> ClaimAsync(LaneSlice slice, int max, CancellationToken cancellationToken) =>
            session.ClaimAsync(slice, max, cancellationToken);

        public Task CompleteAsync(
            LaneSlice slice,
            IReadOnlyList<ModelEvent> published,
            IReadOnlyList<FailedEvent> failed,
            CancellationToken cancellationToken) => session.CompleteAsync(slice, published, failed, cancellationToken);

        public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
            session.WaitAsync(slice, atMost, cancellationToken);

        public ValueTask DisposeAsync() => session.DisposeAsync();
    }

    private sealed class Session(FakeOutbox outbox, TimeProvider clock) : IOutboxSession, ITakeoverSession
    {
        public Func<CancellationToken, Task>? TakingOver
        {
            set => outbox.TakingOver = value;
        }

        public Task<IReadOnlyList<OutboxEntry>> ClaimAsync(LaneSlice slice, int max, CancellationToken cancellationToken)
        {
            outbox.Enter(nameof(ClaimAsync), cancellationToken);
            lock (outbox._lock)
            {
                if (outbox._rows.Exists(row => row.ClaimedBy == slice))
                    outbox.Violations.Add($"{slice} claimed again before it completed");

                var due = Due(slice).Take(max).ToArray();
                foreach (var row in due)
                {
                    if (row.ClaimedBy is not null)
                        outbox.Violations.Add($"'{row.Event.Name}' was claimed twice");
                    row.ClaimedBy = slice;
                }

                return Task.FromResult<IReadOnlyList<OutboxEntry>>(
                    [.. due.Select(row => new OutboxEntry(row.Event, row.Attempts))]);
            }
        }

        public Task CompleteAsync(
            LaneSlice slice,
            IReadOnlyList<ModelEvent> published,
            IReadOnlyList<FailedEvent> failed,
            CancellationToken cancellationToken)
        {
            outbox.Enter(nameof(CompleteAsync), cancellationToken);
            lock (outbox._lock)
            {
                outbox._rows.RemoveAll(row => published.Any(item => item.Id == row.Event.Id));
                foreach (var failure in failed)
                    Fail(outbox._rows.Single(row => row.Event.Id == failure.Event.Id), failure);
                Release(slice);
            }

            return Task.CompletedTask;
        }

        public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken)
        {
            outbox.Enter(nameof(WaitAsync), cancellationToken);
            lock (outbox._lock)
            {
                if (!outbox._waiters.TryGetValue(slice, out var waiter))
                    outbox._waiters[slice] = waiter = new Waiter(clock);
                return waiter.WaitAsync(atMost, cancellationToken);
            }
        }

        public ValueTask DisposeAsync()
        {
            lock (outbox._lock)
            {
                outbox.OpenSessions--;
                Release(slice: null);
            }

            return ValueTask.CompletedTask;
        }

        private IEnumerable<Row> Due(LaneSlice slice)
        {
            var resting = new HashSet<string>();
            foreach (var row in outbox._rows.Where(row => slice.Contains(row.Event.Lane) && row.Event.Handler == slice.Handler))
            {
                if (row.ParkedAt is not null || row.DueAt > clock.GetUtcNow())
                    resting.Add(row.Event.Key);
                if (!resting.Contains(row.Event.Key))
                    yield return row;
            }
        }

        private void Fail(Row row, FailedEvent failure)
        {
            row.Attempts = failure.Attempts;
            row.Error = failure.Error;
            if (failure.RetryAfter is { } rest)
                row.DueAt = clock.GetUtcNow() + rest;
            else
                row.ParkedAt = clock.GetUtcNow();
        }

        private void Release(LaneSlice? slice)
        {
            foreach (var row in outbox._rows.Where(row => slice is null || row.ClaimedBy == slice))
                row.ClaimedBy = null;
        }
    }
}
