namespace ModelEvents.Outbox;

/// <summary>
/// A process's membership: one connection that holds its lanes' locks and does all its work, one statement at a time, so
/// that whoever lost the lanes cannot complete anything. <see cref="SessionUpkeep"/> runs beside it.
/// </summary>
internal sealed class PostgreSqlSession(LockedConnection connection, TimeProvider time) : IOutboxSession
{
    // Several times the even share, so that one busy lane is no bottleneck; bounded, so that a claim reads few rows.
    private const int BusyLaneFactor = 2;
    private const int MinOfLane = 50;

    private readonly EventStore _events = new(connection);
    private readonly LaneSignals _signals = new(time);
    private readonly LaneShare _share = new();
    private readonly Dictionary<LaneSlice, Worker> _workers = [];
    private readonly SemaphoreSlim _turn = new(1);
    private Exception? _failure;
    private long _looks;

    /// <summary>What runs beside the session and ends before its lanes are handed on.</summary>
    public IAsyncDisposable? Upkeep { get; set; }

    /// <summary>Where the sessions of the table tell each other to look.</summary>
    public string Channel => connection.Channel;

    /// <summary>Whether other sessions share the lanes.</summary>
    public bool HasPeers => _share.Members > 1;

    /// <summary>When the session last looked (<see cref="LookAsync"/>), as a timestamp.</summary>
    public long LookedAt { get; private set; }

    /// <summary>Becomes a member and leases what is free.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        await connection.JoinAsync(cancellationToken).ConfigureAwait(false);
        await LookAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that any lane may have due events.</summary>
    public void Wake() => _signals.Raise(LaneSet.All);

    /// <summary>Says that the session is lost, to whoever works or waits.</summary>
    public void Fail(Exception failure)
    {
        _failure = failure;
        Wake();
    }

    public async Task<IReadOnlyList<OutboxEntry>> ClaimAsync(
        LaneSlice slice, int max, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        var worker = WorkerOf(slice);

        // One look serves all workers: whoever polls next finds what it raised.
        if (!_signals.IsRaised(worker.Lanes) && worker.LooksSeen == _looks)
            await LookInTurnAsync(cancellationToken).ConfigureAwait(false);

        worker.LooksSeen = _looks;
        var lanes = _signals.Take(worker.Lanes) & _share.Claimable;
        return lanes.IsEmpty ? [] : await ClaimAsync(worker, lanes, max, cancellationToken).ConfigureAwait(false);
    }

    public async Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        await _events.CompleteAsync(published, failed, cancellationToken).ConfigureAwait(false);
        _share.EndClaim(slice);

        if (published.Count < WorkerOf(slice).Claimed)
            _signals.Raise(WorkerOf(slice).Lanes);

        await HandOnAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
        await _signals.WaitAsync(LaneSet.Of(slice), atMost, cancellationToken).ConfigureAwait(false);

    /// <summary>Looks whether the share of the lanes is fair and which lanes have due events.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        await LookInTurnAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks, unless a worker did since <paramref name="lookedAt"/>.</summary>
    public async Task LookUnlessDoneAsync(long lookedAt, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);

        if (LookedAt == lookedAt)
            await LookInTurnAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the other sessions that events may be due.</summary>
    public async Task TellOthersAsync(CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        await connection.NotifyAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Upkeep is { } upkeep)
            await upkeep.DisposeAsync().ConfigureAwait(false);

        await _turn.WaitAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<List<OutboxEntry>> ClaimAsync(
        Worker worker, LaneSet lanes, int max, CancellationToken cancellationToken)
    {
        var maxOfLane = Math.Min(max, Math.Max(MinOfLane, BusyLaneFactor * max / lanes.Count));
        List<OutboxEntry>? claimed = null;

        try
        {
            claimed = await _events.ClaimAsync(lanes, maxOfLane, max, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // There may be more than was read.
            if (claimed is null || claimed.Count >= maxOfLane)
                _signals.Raise(lanes);
        }

        worker.Claimed = claimed.Count;
        _share.BeginClaim(worker.Slice, LaneSet.Of(claimed.Select(entry => entry.Event.Lane)));
        return claimed;
    }

    private async Task LookInTurnAsync(CancellationToken cancellationToken)
    {
        var view = await connection.LookAsync(_share.Held, cancellationToken).ConfigureAwait(false);
        LookedAt = time.GetTimestamp();
        _looks++;
        _share.Gain(view.Gained);
        _share.Adapt(view.Members);
        _signals.Raise(view.Gained | view.Due);
        await HandOnAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task HandOnAsync(CancellationToken cancellationToken)
    {
        var lanes = _share.Releasable;

        if (lanes.IsEmpty)
            return;

        await connection.ReleaseAsync(lanes, cancellationToken).ConfigureAwait(false);
        _share.Lose(lanes);
    }

    private async Task<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);

        if (_failure is null)
            return new Turn(_turn);

        _turn.Release();
        throw new InvalidOperationException("The session of the outbox is lost. Open another.", _failure);
    }

    private Worker WorkerOf(LaneSlice slice) =>
        _workers.TryGetValue(slice, out var worker) ? worker : _workers[slice] = new Worker(slice, LaneSet.Of(slice));

    private sealed class Worker(LaneSlice slice, LaneSet lanes)
    {
        public LaneSlice Slice => slice;

        public LaneSet Lanes => lanes;

        public long LooksSeen { get; set; }

        public int Claimed { get; set; }
    }

    private readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
