namespace ModelEvents.Outbox;

/// <summary>
/// What was read for one target and its workers claim from: events in memory, and those set aside in the table.
/// </summary>
internal sealed class EventQueue : IDisposable
{
    // What is read again with its group, which could not be noted, is among the last that were taken out of the table.
    private const int MostRemembered = 10_000;

    // Enough for workers to find a full batch while they publish another.
    private const int BatchesInMemory = 3;

    private readonly EventBuffer _buffer;
    private readonly AsideAgenda _agenda;
    private readonly Aside _aside;
    private readonly LaneSignals _signals;
    private readonly Queue<Guid> _fromTable = [];
    private Exception? _failure;

    public EventQueue(AsideEvents table, DispatcherOptions options, TimeProvider time)
    {
        _buffer = new EventBuffer(BatchesInMemory * options.Workers * options.BatchSize);
        _agenda = new AsideAgenda(options.PollInterval, time);
        _aside = new Aside(_buffer, table, _agenda);
        _signals = new LaneSignals(time);
    }

    /// <summary>How many more events there is room for.</summary>
    public int Room => _buffer.Room;

    /// <summary>Whether everything that was read is done.</summary>
    public bool IsEmpty => _buffer.IsEmpty;

    /// <summary>What waits in memory.</summary>
    public (int Count, DateTimeOffset? Oldest) Waiting => _buffer.Count();

    public bool IsLost => _failure is not null;

    /// <summary>What was delivered from the table last.</summary>
    public IEnumerable<Guid> FromTable => _fromTable;

    /// <summary>Whether events that were read are on their way to the table.</summary>
    public bool HasFollowing => _aside.HasFollowing;

    /// <inheritdoc cref="TargetQueues.HasAside"/>
    public bool HasAside => _buffer.HasAside;

    public async Task<IReadOnlyList<OutboxEntry>> ClaimAsync(
        LaneSlice slice, int max, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        var lanes = LaneSet.Of(slice);
        _signals.Take(lanes);
        var claimed = await _aside.ClaimAsync(slice, lanes, max, cancellationToken).ConfigureAwait(false);
        _buffer.Claim(lanes, max, claimed);
        return claimed;
    }

    public async Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        ThrowIfLost();
        var fromTable = _buffer.SettleDone(published);
        await _aside.CompleteAsync(slice, fromTable, failed, cancellationToken).ConfigureAwait(false);
        if (fromTable.Count > 0)
            Remember(fromTable);
        _signals.Raise(LaneSet.Of(slice));
    }

    public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
        _signals.WaitAsync(LaneSet.Of(slice), atMost, cancellationToken);

    /// <summary>
    /// Takes events that were read, and those of them that are not to be delivered as they are, and wakes the workers they
    /// are for.
    /// </summary>
    public async Task AddAsync(
        IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read,
        IReadOnlyList<FailedEvent> failed,
        Overflow overflow,
        CancellationToken closing)
    {
        var lanes = await _aside.AddAsync(read, failed, overflow, closing).ConfigureAwait(false);
        _signals.Raise(lanes);
    }

    /// <summary>Puts events into the table that were read for it.</summary>
    public Task FollowAsync(CancellationToken cancellationToken) => _aside.FollowAsync(cancellationToken);

    /// <summary>Waits while there are too many events to read more.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _buffer.WaitForRoomAsync(cancellationToken);

    /// <summary>Counts what is set aside, before the first event is read.</summary>
    public Task CountAsync(CancellationToken cancellationToken) => _aside.CountAsync(cancellationToken);

    /// <summary>Counts what is set aside where it is time to, as other processes may have changed it.</summary>
    public async Task CountIfDueAsync(CancellationToken cancellationToken)
    {
        if (!_agenda.IsCountDue || !_buffer.HasAside)
            return;

        await _aside.CountAsync(cancellationToken).ConfigureAwait(false);
        _signals.Raise(LaneSet.All);
    }

    /// <summary>Moves what waits in memory, of those groups, to the table.</summary>
    public async Task MoveAsync(Func<EventGroup, bool> which, CancellationToken cancellationToken)
    {
        if (!_buffer.IsEmpty)
            await _aside.MoveAsync(which, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that what is set aside was changed.</summary>
    public void AskForCount() => _agenda.AskForCount();

    /// <summary>Wakes all workers.</summary>
    public void WakeAll() => _signals.Raise(LaneSet.All);

    /// <summary>Says that the session is lost, to whoever works or waits.</summary>
    public void Fail(Exception failure)
    {
        _failure = failure;
        WakeAll();
    }

    /// <summary>Waits until a step that has begun is finished.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => _aside.FinishAsync(cancellationToken);

    public void ThrowIfLost()
    {
        if (_failure is not null)
            throw new InvalidOperationException(
                $"The session of the outbox is lost. Open another. {_failure.GetBaseException().Message}", _failure);
    }

    public void Dispose() => _aside.Dispose();

    private void Remember(List<ModelEvent> delivered)
    {
        lock (_fromTable)
        {
            delivered.ForEach(one => _fromTable.Enqueue(one.Id));
            while (_fromTable.Count > MostRemembered)
                _fromTable.Dequeue();
        }
    }
}
