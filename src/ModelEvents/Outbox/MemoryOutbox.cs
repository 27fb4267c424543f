using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>
/// Where events wait with <see cref="DeliveryMode.Direct"/>: in the memory of the process that committed them.
/// </summary>
internal sealed class MemoryOutbox(
    string name,
    MemoryRoom room,
    TimeProvider time,
    ILogger<MemoryOutbox> logger,
    ServedTargets? served = null,
    MemoryEnd? end = null) : IOutboxReader
{
    /// <summary>
    /// Parked events beyond this many are dropped, the oldest first, unless they wait for a queue: memory has an end.
    /// </summary>
    public const int MaxParked = 1000;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, SortedDictionary<long, MemoryRow>> _targets = new(StringComparer.Ordinal);
    private readonly TargetSignals _due = new(time);
    private readonly LaneSignals _woken = new(time);
    private long _lastSequence;

    public string Name => name;

    public bool IsDurable => false;

    /// <summary>
    /// Whether no save may begin now in a transaction that holds as much as this already. One inside a handler may: the room
    /// that it would wait for may be that of the event it handles.
    /// </summary>
    public bool IsFullWith(int events, long bytes) => room.IsFullWith(events, bytes) && !HandlerCall.IsCurrent;

    /// <summary>Takes committed events, in order.</summary>
    public void Enqueue(IReadOnlyList<ModelEvent> events)
    {
        lock (_lock)
        {
            if (end?.IsReached == true)
            {
                end.Lost(name, events.Count);
                return;
            }

            foreach (var committed in EventTargets.Part(events))
            {
                var row = new MemoryRow(committed with { Sequence = NextSequence() });
                RowsOf(committed.Handler).Add(row.Event.Sequence, row);
                room.Take(row);
            }
        }

        Wake();
    }

    /// <inheritdoc cref="MemoryRoom.Admit"/>
    public void Admit(int heldEvents, long heldBytes) => room.Admit(heldEvents, heldBytes);

    /// <inheritdoc cref="MemoryRoom.Admit"/>
    public Task AdmitAsync(int heldEvents, long heldBytes, CancellationToken cancellationToken) =>
        room.AdmitAsync(heldEvents, heldBytes, cancellationToken);

    public Task<IOutboxSession> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IOutboxSession>(new MemorySession(this, _due));

    public void Wake()
    {
        _due.Raise(LaneSet.All);
        _woken.Raise(LaneSet.All);
    }

    public Task WokenAsync(CancellationToken cancellationToken) => _woken.TakeNextAsync(cancellationToken);

    /// <summary>Nobody else has these events.</summary>
    public Task NotifyOthersAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var parked = All.Count(row => row.IsParked);
            var off = served?.Off ?? [];
            var oldest = All.Where(row => !row.IsParked && !off.Contains(row.Event.Handler ?? "")).Min(row => (DateTimeOffset?)row.Event.OccurredAt);
            return Task.FromResult(new OutboxStatus(All.Count() - parked, parked, oldest)
            {
                Handlers = _targets.Where(target => target.Key.Length > 0 && target.Value.Count > 0)
                    .ToFrozenDictionary(target => target.Key, target => BacklogOf(target.Value)),
            });
        }
    }

    public Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        int limit, string? handler, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<ParkedEvent>>(
                [.. Parked(null, handler).Take(limit).Select(row => row.ToParkedEvent())]);
        }
    }

    public Task<int> RetryParkedAsync(
        IReadOnlyCollection<Guid>? eventIds, string? handler, CancellationToken cancellationToken) =>
        ChangeParked(eventIds, handler, row => row.StartOver());

    public Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, string? handler, CancellationToken cancellationToken) =>
        ChangeParked(eventIds, handler, Remove);

    /// <summary>The next due events of <paramref name="slice"/>.</summary>
    public List<OutboxEntry> Claim(LaneSlice slice, int max)
    {
        var claimed = new List<OutboxEntry>();
        var held = new HashSet<(string, string)>();
        var now = time.GetUtcNow();

        lock (_lock)
        {
            foreach (var row in RowsOf(slice.Handler).Values.Where(row => slice.Contains(row.Lane)))
            {
                if (claimed.Count == max)
                    break;

                if (row.IsHeld(now))
                    held.Add(row.Entity);
                else if (!held.Contains(row.Entity))
                    claimed.Add(new OutboxEntry(row.Event, row.Attempts));
            }
        }

        return claimed;
    }

    /// <summary>Ends a claim of one target's.</summary>
    public void Complete(string? handler, IReadOnlyList<ModelEvent> published, IReadOnlyList<FailedEvent> failed)
    {
        lock (_lock)
        {
            var rows = RowsOf(handler);
            foreach (var gone in published)
            {
                if (rows.TryGetValue(gone.Sequence, out var row))
                    Remove(row);
            }

            foreach (var failure in failed)
            {
                if (rows.TryGetValue(failure.Event.Sequence, out var row))
                    row.Fail(failure, time.GetUtcNow());
            }

            if (failed.Count > 0)
                DropParkedBeyondLimit();
        }

        room.TellRoomIfAny();
    }

    /// <summary>What waits for one target: a handler that is slow makes no other look through its events.</summary>
    private SortedDictionary<long, MemoryRow> RowsOf(string? handler)
    {
        if (!_targets.TryGetValue(handler ?? "", out var rows))
            _targets[handler ?? ""] = rows = [];
        return rows;
    }

    private void Remove(MemoryRow row)
    {
        if (RowsOf(row.Event.Handler).Remove(row.Event.Sequence))
            room.Free(row);
    }

    private IEnumerable<MemoryRow> All => _targets.Values.SelectMany(rows => rows.Values);

    private static HandlerBacklog BacklogOf(SortedDictionary<long, MemoryRow> rows)
    {
        var parked = rows.Values.Count(row => row.IsParked);
        return new HandlerBacklog(rows.Count - parked, parked);
    }

    /// <summary>Grows over restarts too, since it begins at the clock.</summary>
    private long NextSequence() =>
        _lastSequence = Math.Max(_lastSequence + 1, time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMicrosecond);

    private Task<int> ChangeParked(IReadOnlyCollection<Guid>? eventIds, string? handler, Action<MemoryRow> change)
    {
        int count;

        lock (_lock)
        {
            var parked = Parked(eventIds, handler).ToList();
            parked.ForEach(change);
            count = parked.Count;
        }

        room.TellRoomIfAny();
        Wake();
        return Task.FromResult(count);
    }

    private IEnumerable<MemoryRow> Parked(IReadOnlyCollection<Guid>? eventIds, string? handler) =>
        All.Where(row => row.IsParked && eventIds?.Contains(row.Event.Id) != false)
            .Where(row => handler is null || handler == (row.Event.Handler ?? ""))
            .OrderBy(row => row.Event.Sequence);

    private void DropParkedBeyondLimit()
    {
        var parked = Parked(null, handler: null).Where(row => !row.IsHeldForQueue).ToList();

        foreach (var row in parked.Take(parked.Count - MaxParked))
        {
            Remove(row);
            Log.ParkedEventDropped(logger, name, PlainText.InLog(row.Event.Name), row.Event.Id, MaxParked);
        }
    }
}
