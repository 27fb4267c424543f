using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// A process's membership: the one reader of the slot, or one that stands by until that is gone. Events go from the log to
/// the workers; what cannot be published is set aside in the table and comes back from there (<see cref="WalAside"/>).
/// </summary>
internal sealed class WalSession : IOutboxSession
{
    // Enough for workers to find a full batch while they publish another.
    private const int BatchesInMemory = 3;

    // A process that was killed must be replaced within 10 seconds.
    private static readonly TimeSpan StandbyInterval = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConfirmInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CatchUpInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan CatchUpTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly WalSlot _slot;
    private readonly TimeProvider _time;
    private readonly WalBuffer _buffer;
    private readonly WalAgenda _agenda;
    private readonly WalAside _aside;
    private readonly LaneSignals _signals;
    private readonly SemaphoreSlim _settled = new(0);
    private readonly CancellationTokenSource _closing = new();
    private WalStream? _stream;
    private Task _running = Task.CompletedTask;
    private Exception? _failure;

    public WalSession(WalSlot slot, AsideEvents table, DispatcherOptions options, TimeProvider time)
    {
        (_slot, _time) = (slot, time);
        _buffer = new WalBuffer(BatchesInMemory * options.Workers * options.BatchSize);
        _agenda = new WalAgenda(options.PollInterval, time);
        _aside = new WalAside(_buffer, table, _agenda);
        _signals = new LaneSignals(time);
    }

    /// <summary>Called when the session is closed.</summary>
    public required Action<WalSession> Ended { get; init; }

    /// <summary>What waits in this process's memory, if it is the one that reads.</summary>
    public (int Count, DateTimeOffset? Oldest) Waiting => _buffer.Count();

    /// <summary>
    /// Begins to read, up to what is committed by now, or stands by. Either way the session is usable at once.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var state = await _slot.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var reads = state.ActivePid is null && await TryReadAsync(cancellationToken).ConfigureAwait(false);
        _running = Task.Run(() => KeepAsync(_closing.Token), CancellationToken.None);

        if (reads)
            await CatchUpAsync(state.Written, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that parked events were retried or discarded.</summary>
    public void Wake()
    {
        _agenda.AskForCount();
        _settled.Release();
    }

    public async Task<IReadOnlyList<OutboxEntry>> ClaimAsync(
        LaneSlice slice, int max, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        var lanes = LaneSet.Of(slice);
        _signals.Take(lanes);
        var claimed = await _aside.ClaimAsync(slice, lanes, max, cancellationToken).ConfigureAwait(false);
        claimed.AddRange(_buffer.Claim(lanes, max - claimed.Count));
        return claimed;
    }

    public async Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        ThrowIfLost();
        var fromTable = published.Where(one => !_buffer.Has(one)).ToList();
        _buffer.Settle(published);
        await _aside.CompleteAsync(slice, fromTable, failed, cancellationToken).ConfigureAwait(false);

        if (_settled.CurrentCount == 0)
            _settled.Release();

        _signals.Raise(LaneSet.Of(slice));
    }

    public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
        _signals.WaitAsync(LaneSet.Of(slice), atMost, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Ended(this);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);

        if (_stream is not null)
            await CloseAsync(_stream).ConfigureAwait(false);

        _aside.Dispose();
        _closing.Dispose();
    }

    private async Task CloseAsync(WalStream stream)
    {
        try
        {
            if (_failure is null)
                await ConfirmLastAsync(stream).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The server is away or slow: the last events come again, which is at least once.
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Confirms a last time, once a transaction whose events are all done was read to its end, so that it does not come
    /// again.
    /// </summary>
    private async Task ConfirmLastAsync(WalStream stream)
    {
        using var timeout = new CancellationTokenSource(CloseTimeout, _time);
        await _aside.FinishAsync(timeout.Token).ConfigureAwait(false);

        while (_buffer.AwaitsEnd)
            await Task.Delay(CatchUpInterval, _time, timeout.Token).ConfigureAwait(false);

        await stream.ConfirmLastAsync(Position(stream), timeout.Token).ConfigureAwait(false);
    }

    private async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        _stream = await WalStream.TryOpenAsync(_slot, _time, cancellationToken).ConfigureAwait(false);

        if (_stream is null)
            return false;

        // Not earlier: the reader before this one may have changed the table up to its end.
        await _aside.CountAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task CatchUpAsync(NpgsqlLogSequenceNumber written, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();

        while (_stream!.Received < written && !_buffer.IsFull && _time.GetElapsedTime(began) < CatchUpTimeout)
        {
            ThrowIfLost();
            await Task.Delay(CatchUpInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (_stream is null)
                await StandByAsync(cancellationToken).ConfigureAwait(false);

            _signals.Raise(LaneSet.All);
            var reading = _stream.RunAsync(_buffer, AddAsync);

            while (!reading.IsCompleted)
                await ConfirmAsync(_stream, reading, cancellationToken).ConfigureAwait(false);

            await reading.ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The session is being closed.
        }
        catch (Exception exception)
        {
            _failure = exception;
            _signals.Raise(LaneSet.All);
        }
    }

    private async Task StandByAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(StandbyInterval, _time, cancellationToken).ConfigureAwait(false);
        var state = await _slot.EnsureAsync(cancellationToken).ConfigureAwait(false);

        if (state.ActivePid is null)
            await TryReadAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task AddAsync(IReadOnlyList<ModelEvent> events)
    {
        await _aside.AddAsync(events, _closing.Token).ConfigureAwait(false);
        _signals.Raise(LaneSet.Of(events.Select(one => one.Lane)));
    }

    private async Task ConfirmAsync(WalStream stream, Task reading, CancellationToken cancellationToken)
    {
        await Task.WhenAny(reading, _settled.WaitAsync(StatusInterval, cancellationToken)).ConfigureAwait(false);
        await stream.ConfirmAsync(Position(stream), cancellationToken).ConfigureAwait(false);

        if (_agenda.IsCountDue && _buffer.HasAside)
        {
            await _aside.CountAsync(cancellationToken).ConfigureAwait(false);
            _signals.Raise(LaneSet.All);
        }

        // A burst of small batches is confirmed together.
        await Task.Delay(ConfirmInterval, _time, cancellationToken).ConfigureAwait(false);
    }

    private NpgsqlLogSequenceNumber Position(WalStream stream)
    {
        var received = stream.Received;
        return _buffer.Confirm(received);
    }

    private void ThrowIfLost()
    {
        if (_failure is not null)
            throw new InvalidOperationException("The session of the outbox is lost. Open another.", _failure);
    }
}
