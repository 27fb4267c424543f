using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// A process's membership: the one reader of the slot, or one that stands by until that is gone. Events go from the log to
/// the workers; what cannot be published is set aside in the table and comes back from there (<see cref="EventQueue"/>).
/// </summary>
internal sealed class WalSession : INotingSession, IReadingSession, ITakeoverSession, ILeadSession
{
    // A process that was killed, or stands still, must be replaced within 10 seconds.
    private static readonly TimeSpan StandbyInterval = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConfirmInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CatchUpInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan CatchUpTimeout = TimeSpan.FromSeconds(5);

    // The database keeps its log from the oldest event on that is not done: it must not grow for a handler that takes long.
    private static readonly TimeSpan HandlerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    // A long backlog is read for longer; what cannot be read is met at once.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(30);

    private readonly WalSlot _slot;
    private readonly LogReader? _rows;
    private readonly TimeProvider _time;
    private readonly AsideEvents _table;
    private readonly TargetQueues _events;
    private readonly WalPositions _positions;
    private readonly WalServerWatch _watch;
    private readonly WalStandby _standby;
    private readonly WalSnapshots _snapshots;
    private readonly WalPacks _packs;
    private readonly WalGate _gate;
    private readonly SemaphoreSlim _settled = new(0);
    private readonly NoteSignal _noted = new();
    private readonly CancellationTokenSource _closing = new();
    private WalStream? _stream;
    private NpgsqlLogSequenceNumber _written;
    private long _openedAt;
    private bool _hasRead;
    private bool _isAllNoted;
    private volatile bool _isReady;
    private Task _running = Task.CompletedTask;

    public WalSession(
        WalSlot slot, LogReader? rows, AsideEvents table, TargetQueues events, WalSnapshots snapshots, WalPacks packs,
        TimeProvider time)
    {
        (_slot, _rows, _table, _events, _snapshots, _packs, _time) = (slot, rows, table, events, snapshots, packs, time);
        _positions = new WalPositions(time);
        _watch = new WalServerWatch(slot, time);
        _standby = new WalStandby(slot);
        _gate = new WalGate(_snapshots, packs, events, Settled, time, _closing.Token);
    }

    /// <summary>Called when the session is closed.</summary>
    public required Action<WalSession> Ended { get; init; }

    public Func<CancellationToken, Task>? TakingOver { private get; set; }

    /// <summary>Reads the messages of the log.</summary>
    public required PackUnpacker Messages { get; init; }

    /// <summary>Whether this process is to read.</summary>
    public required Func<bool> IsToLead { get; init; }

    public long? LeadsSince => _stream is null ? null : _openedAt;

    public Task<bool> IsAwaitedAsync(CancellationToken cancellationToken) => _standby.IsAnyAsync(cancellationToken);

    public bool HasRead => _hasRead || _stream is not { } stream
        || (_hasRead = stream.Received >= _written || _time.GetElapsedTime(_openedAt) >= ReadTimeout);

    /// <summary>What waits in this process's memory, if it is the one that reads.</summary>
    public (int Count, DateTimeOffset? Oldest) Waiting => _gate.Waiting;

    public IEnumerable<(string Handler, Guid EventId)> Unnoted =>
        _isAllNoted ? [] : _positions.Delivered.Concat(_events.FromTable);

    /// <summary>
    /// Begins to read, up to what is committed by now, or stands by. Either way the session is usable at once.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var state = await _slot.EnsureAsync(cancellationToken).ConfigureAwait(false);
        if (state.ActivePid is { } other)
            await _snapshots.EndUnlessAwaitedAsync(other, cancellationToken).ConfigureAwait(false);
        var reads = state.ActivePid is null && await TryReadAsync(state, cancellationToken).ConfigureAwait(false);
        _running = Task.Run(() => KeepAsync(_closing.Token), CancellationToken.None);
        if (reads)
            await BeReadyAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that parked events were retried or discarded.</summary>
    public void Wake()
    {
        _events.AskForCount();
        _settled.Release();
    }

    public async Task<IReadOnlyList<OutboxEntry>> ClaimAsync(LaneSlice slice, int max, CancellationToken cancellationToken)
    {
        // Not before: what is set aside may follow on what is still to be read.
        if (_isReady)
            return await _events.ClaimAsync(slice, max, cancellationToken).ConfigureAwait(false);

        _events.ThrowIfLost();
        return [];
    }

    public async Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        await _events.CompleteAsync(slice, published, failed, cancellationToken).ConfigureAwait(false);
        Settled();
    }

    public async Task NoteAsync(CancellationToken cancellationToken)
    {
        if (_stream is not null)
            await _noted.WaitAsync(Settled, _running, cancellationToken).ConfigureAwait(false);
        _events.ThrowIfLost();
    }

    public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
        _events.WaitAsync(slice, atMost, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Ended(this);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (_stream is not null)
            await CloseAsync(_stream).ConfigureAwait(false);

        await _standby.DisposeAsync().ConfigureAwait(false);
        await _gate.DisposeAsync().ConfigureAwait(false);
        _events.Dispose();
        _closing.Dispose();
    }

    private async Task CloseAsync(WalStream stream)
    {
        try
        {
            if (!_events.IsLost)
                await ConfirmLastAsync(stream).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The server is away or slow: the last events come again, which is at least once.
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Confirms a last time, once a transaction whose events are all done was read to its end, and what is left before others
    /// that are done was set aside: so that nothing comes again.
    /// </summary>
    private async Task ConfirmLastAsync(WalStream stream)
    {
        using var timeout = new CancellationTokenSource(CloseTimeout, _time);
        await _events.FinishAsync(timeout.Token).ConfigureAwait(false);

        while (_positions.AwaitsEnd && stream.IsReading)
            await Task.Delay(CatchUpInterval, _time, timeout.Token).ConfigureAwait(false);

        await _events.MoveLastAsync(_positions.HoldingBack().Contains, timeout.Token).ConfigureAwait(false);
        var position = Position(stream);
        await TryKeepAsync(position, isLast: true, timeout.Token).ConfigureAwait(false);
        await stream.ConfirmLastAsync(position, timeout.Token).ConfigureAwait(false);
        _isAllNoted = !_positions.AwaitsEnd;
    }

    private async Task<bool> TryReadAsync(WalSlotState state, CancellationToken cancellationToken)
    {
        (_written, _openedAt) = (state.Written, _time.GetTimestamp());
        await _slot.MoveOnAsync(state, _rows?.Kept, cancellationToken).ConfigureAwait(false);
        _stream = await WalStream.TryOpenAsync(_slot, state.Confirmed!.Value, _time, cancellationToken).ConfigureAwait(false);
        if (_stream is null)
            return false;

        _snapshots.Sender = _stream.ProcessId;
        _positions.StartAt(_stream.Begin!.Position);
        if (_rows?.Kept is { } kept)
            await kept.BeginAsync(_stream.Begin, cancellationToken).ConfigureAwait(false);

        // Not earlier: the reader before this one may have changed the table up to its end.
        await _table.BeginAsync(_slot.Name, _stream.ProcessId, cancellationToken).ConfigureAwait(false);
        if (TakingOver is { } takingOver)
            await takingOver(cancellationToken).ConfigureAwait(false);

        // The server may have met a gap by now and let go of the slot, however little was read: they come before all of it.
        _table.LeadAtGap(_slot.Name, _stream.Begin.Position);
        await _packs.TakeFirstAsync(cancellationToken).ConfigureAwait(false);
        _table.LeadAtGap(_slot.Name, confirmed: null);
        await _events.CountAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Lets events be claimed once those are read that were written when this process began to read.</summary>
    private async Task BeReadyAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while ((_stream!.Received < _written || _gate.IsBehind)
            && _events.Room > 0 && _time.GetElapsedTime(began) < CatchUpTimeout)
        {
            _events.ThrowIfLost();
            await Task.Delay(CatchUpInterval, _time, cancellationToken).ConfigureAwait(false);
        }

        await GoOnAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task GoOnAsync(CancellationToken cancellationToken)
    {
        await _events.FollowAsync(cancellationToken).ConfigureAwait(false);
        _isReady = true;
        _events.WakeAll();
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stoodBy = _stream is null;
            while (_stream is null)
                await StandByAsync(cancellationToken).ConfigureAwait(false);

            await _standby.EndAsync().ConfigureAwait(false);
            var reading = ReadAsync(_stream, cancellationToken);

            // Others have waited. What follows on entities that are set aside goes to the table first.
            if (stoodBy)
            {
                var ready = _events.HasAside ? BeReadyAsync(cancellationToken) : GoOnAsync(cancellationToken);
                await Task.WhenAny(reading, ready).ConfigureAwait(false);
            }

            await reading.ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The session is being closed.
        }
        catch (Exception exception)
        {
            _events.Fail(exception);
        }
    }

    /// <summary>Reads, looks and confirms until one of them fails.</summary>
    private async Task ReadAsync(WalStream stream, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var looking = _gate.RunAsync(over.Token);
        var ended = Task.WhenAny(stream.RunAsync(_positions, Messages, _gate, _rows?.Capture), looking);
        try
        {
            while (!ended.IsCompleted)
                await ConfirmAsync(stream, ended, cancellationToken).ConfigureAwait(false);

            await (await ended.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception exception) when (WalGap.IsMet(exception, _slot) || WalGap.IsMet(stream.Failure, _slot))
        {
            // The slot is going to be moved past what was read. What is not done by then is read again, up to here.
            _snapshots.Sender = 0;
            if (looking.IsCompleted)
                looking = _gate.RunAsync(over.Token);
            await FindGapAsync(stream, looking, cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(looking).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Does what is before a gap, at which the server has let go of the slot. What was to follow on aside entities goes to the
    /// table, unless another process reads it by now.
    /// </summary>
    private async Task FindGapAsync(WalStream stream, Task looking, CancellationToken cancellationToken)
    {
        _table.LeadAtGap(_slot.Name, stream.Confirmed);
        await _slot.Gap.FindAsync(stream.Confirmed, IsDoneAsync, cancellationToken).ConfigureAwait(false);

        async Task<bool> IsDoneAsync()
        {
            if (looking.IsFaulted)
                await looking.ConfigureAwait(false);
            await _events.FollowAsync(cancellationToken).ConfigureAwait(false);
            return _gate.IsEmpty && _events.IsEmpty;
        }
    }

    private async Task StandByAsync(CancellationToken cancellationToken)
    {
        if (IsToLead())
            await _standby.AwaitAsync(cancellationToken).ConfigureAwait(false);
        await Task.Delay(StandbyInterval, _time, cancellationToken).ConfigureAwait(false);
        var state = await _slot.EnsureAsync(cancellationToken).ConfigureAwait(false);
        if (state.ActivePid is { } other)
            await _snapshots.EndUnlessAwaitedAsync(other, cancellationToken).ConfigureAwait(false);
        else
            await TryReadAsync(state, cancellationToken).ConfigureAwait(false);
    }

    private async Task ConfirmAsync(WalStream stream, Task ended, CancellationToken cancellationToken)
    {
        await Task.WhenAny(ended, _settled.WaitAsync(StatusInterval, cancellationToken)).ConfigureAwait(false);
        var noted = _noted.Take();
        await _events.FollowAsync(cancellationToken).ConfigureAwait(false);
        if (_positions.HoldingBack(HandlerTimeout) is { Count: > 0 } held)
            await _events.MoveOfHandlersAsync(held.Contains, cancellationToken).ConfigureAwait(false);

        var position = Position(stream);
        var isKept = await TryKeepAsync(position, isLast: false, cancellationToken).ConfigureAwait(false);
        if (isKept)
        {
            await stream.ConfirmAsync(position, cancellationToken).ConfigureAwait(false);
            _positions.Told();
        }

        noted?.SetResult();

        if (!isKept || !_events.IsEmpty || !_gate.IsEmpty)
            await _watch.LookAsync(cancellationToken).ConfigureAwait(false);

        await _events.CountIfDueAsync(cancellationToken).ConfigureAwait(false);
        if (_rows is not null)
            await _rows.FollowListAsync(cancellationToken).ConfigureAwait(false);

        // A burst of small batches is confirmed together.
        await Task.Delay(ConfirmInterval, _time, cancellationToken).ConfigureAwait(false);
    }

    private void Settled()
    {
        if (_settled.CurrentCount == 0)
            _settled.Release();
    }

    private async Task<bool> TryKeepAsync(
        NpgsqlLogSequenceNumber position, bool isLast, CancellationToken cancellationToken) =>
        _rows?.Kept is not { } kept
        || await kept.TryKeepAsync(position, _positions.LastDone, isLast, cancellationToken).ConfigureAwait(false);

    private NpgsqlLogSequenceNumber Position(WalStream stream) => _positions.Confirm(stream.Received);
}
