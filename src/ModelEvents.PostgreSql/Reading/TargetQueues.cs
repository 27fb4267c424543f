using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>
/// What a reader has read, in a queue for the broker and one for each handler: the other half of a session, beside whoever
/// reads. The broker sets the pace of reading; what a handler has no room for goes to the table, so that it holds back
/// neither the broker nor other handlers.
/// </summary>
internal sealed class TargetQueues : IDisposable
{
    private readonly string _outbox;
    private readonly AsideEvents _table;
    private readonly ServedTargets _served;
    private readonly Func<AsideEvents, EventQueue> _newQueue;
    private readonly EventQueue _broker;
    private readonly Dictionary<string, EventQueue> _handlers;
    private readonly Dictionary<string, EventQueue> _unserved = new(StringComparer.Ordinal);
    private volatile EventQueue[] _all;

    public TargetQueues(
        string outbox, AsideEvents table, DispatcherOptions options, TimeProvider time, ServedTargets served)
    {
        (_outbox, _table, _served) = (outbox, table, served);
        _newQueue = its => new EventQueue(its, options, time);
        _broker = _newQueue(table);
        _handlers = served.Handlers.ToDictionary(
            handler => handler.Name, handler => _newQueue(table.For(handler.Name)), StringComparer.Ordinal);
        _all = [_broker, .. _handlers.Values];
    }

    /// <summary>How many more events there is room for.</summary>
    public int Room => _served.Broker ? _broker.Room : Paced.Max(queue => queue.Room);

    /// <summary>Whether everything that was read is done.</summary>
    public bool IsEmpty => Array.TrueForAll(_all, queue => queue.IsEmpty);

    /// <summary>What waits in memory, once for each target.</summary>
    public (int Count, DateTimeOffset? Oldest) Waiting =>
        (_all.Sum(queue => queue.Waiting.Count), _all.Min(queue => queue.Waiting.Oldest));

    /// <summary>What was delivered from the table last; to be asked for when nothing is completed any more.</summary>
    public IEnumerable<(string Handler, Guid EventId)> FromTable =>
        _handlers.Append(new KeyValuePair<string, EventQueue>("", _broker))
            .SelectMany(target => target.Value.FromTable.Select(id => (target.Key, id)));

    public bool IsLost => _broker.IsLost;

    /// <summary>Whether any entity was found to be set aside when that was last counted.</summary>
    public bool HasAside => Array.Exists(_all, queue => queue.HasAside);

    /// <summary>Whether events that were read are on their way to the table.</summary>
    public bool HasFollowing => Array.Exists(_all, queue => queue.HasFollowing);

    /// <summary>Without a broker, reading waits for the handlers that are on, once all of them are full.</summary>
    private List<EventQueue> Paced
    {
        get
        {
            var on = _handlers.Where(handler => _served.IsOn(handler.Key)).Select(handler => handler.Value).ToList();
            return on.Count > 0 ? on : [_broker];
        }
    }

    public Task<IReadOnlyList<OutboxEntry>> ClaimAsync(LaneSlice slice, int max, CancellationToken cancellationToken) =>
        QueueOf(slice.Handler).ClaimAsync(slice, max, cancellationToken);

    public Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken) =>
        QueueOf(slice.Handler).CompleteAsync(slice, published, failed, cancellationToken);

    public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
        QueueOf(slice.Handler).WaitAsync(slice, atMost, cancellationToken);

    /// <summary>Takes events that were read, and wakes the workers they are for.</summary>
    public Task AddAsync(
        IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read, CancellationToken closing) =>
        AddAsync(read, [], closing);

    /// <summary>The same, with those of them that are not to be delivered as they are.</summary>
    public Task AddAsync(
        IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken closing)
    {
        if (!TargetParts.AreThere(read))
        {
            Expect(read);
            return _broker.AddAsync(read, failed, OverflowOf(""), closing);
        }

        // All at once: a group that is done for one target must not seem to be done.
        var parts = TargetParts.Of(read);
        foreach (var part in parts.Values)
            Expect(part);

        return AddAsync(parts, failed, closing);
    }

    /// <summary>Puts events into the table that were read for it.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in _all)
            await queue.FollowAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits while there are too many events to read more.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (Room > 0)
            return;

        if (_served.Broker)
        {
            await _broker.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(Paced.Select(queue => queue.WaitForRoomAsync(over.Token))).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await first.ConfigureAwait(false);
    }

    /// <summary>Counts what is set aside, before the first event is read.</summary>
    public async Task CountAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in _all)
            await queue.CountAsync(cancellationToken).ConfigureAwait(false);
        await _table.TellUnservedAsync(_outbox, _served, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Counts what is set aside where it is time to, as other processes may have changed it; and moves there what waits for
    /// handlers that were switched off: who reads the log, or the packs, must not wait for those.
    /// </summary>
    public async Task CountIfDueAsync(CancellationToken cancellationToken)
    {
        await _broker.CountIfDueAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (handler, queue) in _handlers)
        {
            if (!_served.IsOn(handler))
                await queue.MoveAsync(_ => true, cancellationToken).ConfigureAwait(false);
            await queue.CountIfDueAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Moves what waits for handlers, of those groups, to the table.</summary>
    public async Task MoveOfHandlersAsync(Func<EventGroup, bool> which, CancellationToken cancellationToken)
    {
        foreach (var (_, queue) in _handlers)
            await queue.MoveAsync(which, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that what is set aside was changed.</summary>
    public void AskForCount() => Array.ForEach(_all, queue => queue.AskForCount());

    /// <summary>Wakes all workers.</summary>
    public void WakeAll() => Array.ForEach(_all, queue => queue.WakeAll());

    /// <summary>Says that the session is lost, to whoever works or waits.</summary>
    public void Fail(Exception failure) => Array.ForEach(_all, queue => queue.Fail(failure));

    /// <summary>Waits until a step that has begun is finished.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in _all)
            await queue.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Moves what waits of those groups to the table, when nothing is claimed any more: what follows on their entities stays,
    /// and comes again after it.
    /// </summary>
    public async Task MoveLastAsync(Func<EventGroup, bool> which, CancellationToken cancellationToken)
    {
        foreach (var queue in _all)
            await queue.MoveAsync(which, cancellationToken).ConfigureAwait(false);
    }

    public void ThrowIfLost() => _broker.ThrowIfLost();

    public void Dispose() => Array.ForEach(_all, queue => queue.Dispose());

    private async Task AddAsync(
        Dictionary<string, List<(ModelEvent[] Events, EventGroup Group)>> parts,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken closing)
    {
        foreach (var (handler, part) in parts)
        {
            var its = failed.Count == 0 ? failed : [.. failed.Where(one => TargetParts.Has(one.Event, handler))];
            await QueueOf(handler).AddAsync(part, its, OverflowOf(handler), closing).ConfigureAwait(false);
        }
    }

    private Overflow OverflowOf(string handler)
    {
        if (handler.Length == 0)
            return _served.Broker ? Overflow.Stays : Unserved(handler);
        if (!_handlers.ContainsKey(handler))
            return Unserved(handler);

        return _served.IsOn(handler) ? Overflow.Leaves : Overflow.AllLeaves;
    }

    private Overflow Unserved(string handler)
    {
        _served.TellUnserved(_outbox, handler);
        return Overflow.AllLeaves;
    }

    private static void Expect(IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read)
    {
        foreach (var (events, group) in read)
            group.Expect(events.Length);
    }

    private EventQueue QueueOf(string? handler)
    {
        if (string.IsNullOrEmpty(handler))
            return _broker;

        return _handlers.TryGetValue(handler, out var queue) ? queue : UnservedQueue(handler);
    }

    /// <summary>Only who reads comes here, with events that are put aside at once.</summary>
    private EventQueue UnservedQueue(string handler)
    {
        if (!_unserved.TryGetValue(handler, out var queue))
        {
            _unserved[handler] = queue = _newQueue(_table.For(handler));
            _all = [.. _all, queue];
        }

        return queue;
    }
}
