using System.Diagnostics.CodeAnalysis;

namespace ModelEvents.Outbox;

/// <summary>
/// A process's membership: the one that leads and reads the packs, or one that stands by until that is gone. Events go from
/// the table to the workers (<see cref="TargetQueues"/>).
/// </summary>
internal sealed class PackSession : INotingSession, ITakeoverSession, ILeadSession
{
    private static readonly TimeSpan StandbyInterval = TimeSpan.FromSeconds(15);
    // A notification takes a lock that all commits with notifications share, so a burst of wake-ups sends few.
    private static readonly TimeSpan TellInterval = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan SureInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly LeaderConnection _connection;
    private readonly OutboxListener _listener;
    private readonly DispatcherOptions _options;
    private readonly TimeProvider _time;
    private readonly TargetQueues _events;
    private readonly PackReader _reader;
    private readonly PackAgenda _agenda;
    private readonly NoteSignal _noted = new();
    private readonly CancellationTokenSource _closing = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _leads;
    private bool _isAllNoted;
    private long _leadsSince;

    public PackSession(
        LeaderConnection connection,
        OutboxListener listener,
        TargetQueues events,
        PackUnpacker unpacker,
        DispatcherOptions options,
        TimeProvider time)
    {
        (_connection, _listener, _events, _options, _time) = (connection, listener, events, options, time);
        _reader = new PackReader(connection, unpacker, options.PollInterval, time);
        _agenda = new PackAgenda(options.PollInterval, time);
    }

    /// <summary>Called when the session is closed.</summary>
    public required Action<PackSession> Ended { get; init; }

    public Func<CancellationToken, Task>? TakingOver { private get; set; }

    /// <summary>Lets only the process that leads change what is set aside.</summary>
    public required LeaderFence Fence { get; init; }

    /// <summary>Tells the process that leads of new events.</summary>
    public required Func<CancellationToken, Task> TellLeader { get; init; }

    /// <summary>Whether this process is to lead.</summary>
    public required Func<bool> IsToLead { get; init; }

    /// <summary>Whether another waits that is to lead.</summary>
    public required Func<CancellationToken, Task<bool>> IsAwaited { get; init; }

    public long? LeadsSince => _leads ? _leadsSince : null;

    public Task<bool> IsAwaitedAsync(CancellationToken cancellationToken) => IsAwaited(cancellationToken);

    public IEnumerable<(string Handler, Guid EventId)> Unnoted =>
        _isAllNoted ? [] : _reader.Delivered.Concat(_events.FromTable);

    /// <summary>Begins to read, what is committed by now at once, or stands by. Either way the session is usable.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _connection.StartAsync(cancellationToken).ConfigureAwait(false);
        if (await _connection.TryLeadAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
            await LeadAsync(cancellationToken).ConfigureAwait(false);

        _running = Task.Run(() => KeepAsync(_closing.Token), CancellationToken.None);
    }

    /// <summary>Says that there may be new events.</summary>
    public void Wake() => _agenda.AskToRead();

    /// <summary>Says that parked events were retried or discarded.</summary>
    public void WakeAside()
    {
        _events.AskForCount();
        _agenda.AskToRead();
    }

    public async Task<IReadOnlyList<OutboxEntry>> ClaimAsync(LaneSlice slice, int max, CancellationToken cancellationToken)
    {
        // Not before: what is set aside may follow on what is still to be read.
        if (!_leads)
        {
            _events.ThrowIfLost();
            return [];
        }

        var claimed = await _events.ClaimAsync(slice, max, cancellationToken).ConfigureAwait(false);
        if (claimed.Count > 0 && _connection.IsUnsure)
            await UntilSureAsync(cancellationToken).ConfigureAwait(false);
        return claimed;
    }

    public async Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        await _events.CompleteAsync(slice, published, failed, cancellationToken).ConfigureAwait(false);
        _agenda.AskToDelete();
    }

    public async Task NoteAsync(CancellationToken cancellationToken)
    {
        if (_leads)
            await _noted.WaitAsync(_agenda.AskToDelete, _running, cancellationToken).ConfigureAwait(false);
        _events.ThrowIfLost();
    }

    public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
        _events.WaitAsync(slice, atMost, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Ended(this);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (_leads && !_events.IsLost)
            await DeleteLastAsync().ConfigureAwait(false);

        await _connection.DisposeAsync().ConfigureAwait(false);
        _events.Dispose();
        _closing.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever fails, the last events come again: at least once.")]
    private async Task DeleteLastAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(CloseTimeout, _time);
            await _events.FinishAsync(timeout.Token).ConfigureAwait(false);

            // What is left of packs that are partly done is set aside, so that the rest does not come again.
            await _events.MoveLastAsync(pack => pack.IsPartlyDone, timeout.Token).ConfigureAwait(false);
            await _reader.ReadAsync(limit: 0, timeout.Token).ConfigureAwait(false);
            _isAllNoted = true;
        }
        catch (Exception)
        {
            // The database is away or slow.
        }
    }

    /// <summary>Waits until the session was used: where this process stood still, another may lead by now.</summary>
    private async Task UntilSureAsync(CancellationToken cancellationToken)
    {
        while (_connection.IsUnsure)
        {
            _agenda.AskToDelete();
            await Task.Delay(SureInterval, _time, cancellationToken).ConfigureAwait(false);
            _events.ThrowIfLost();
        }
    }

    /// <summary>The lock is this connection's: nobody else changes what is set aside from now on.</summary>
    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        await _connection.BeginAsync(Fence, cancellationToken).ConfigureAwait(false);
        if (TakingOver is { } takingOver)
            await _connection.KeepWhileAsync(takingOver(cancellationToken), cancellationToken).ConfigureAwait(false);
        await _connection.KeepWhileAsync(_events.CountAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        await ReadAsync(cancellationToken).ConfigureAwait(false);
        _leadsSince = _time.GetTimestamp();
        _leads = true;
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        var listening = Task.CompletedTask;
        try
        {
            await StandByAsync(cancellationToken).ConfigureAwait(false);
            _events.WakeAll();
            listening = _listener.RunAsync(_connection.Channel, Notified, cancellationToken);
            while (true)
                await NextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The session is being closed.
        }
        catch (Exception exception)
        {
            _events.Fail(exception);
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await listening.ConfigureAwait(false);
    }

    private async Task StandByAsync(CancellationToken cancellationToken)
    {
        if (_leads)
            return;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = TellLeaderAsync(over.Token);
        try
        {
            do
            {
                if (telling.IsFaulted)
                    await telling.ConfigureAwait(false);
                if (IsToLead())
                    await _connection.AwaitAsync(cancellationToken).ConfigureAwait(false);
            }
            while (!await _connection.TryLeadAsync(StandbyInterval, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(telling).ConfigureAwait(false);
        }

        await LeadAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task TellLeaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _agenda.UntilAskedToReadAsync(cancellationToken).ConfigureAwait(false);
            await TellLeader(cancellationToken).ConfigureAwait(false);
            await Task.Delay(TellInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task NextAsync(CancellationToken cancellationToken)
    {
        // Others see by the use of the session that something is done about what waits in the table.
        var atMost = _reader.HasAny || _events.Room <= 0 ? LeaderConnection.KeepInterval : TimeSpan.MaxValue;
        var reads = await _agenda.WaitAsync(atMost, ReadsOnceThereIsRoom, cancellationToken).ConfigureAwait(false);
        var noted = _noted.Take();
        await _connection.KeepWhileAsync(_events.CountIfDueAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        if (reads)
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        else
            await _reader.ReadAsync(limit: 0, cancellationToken).ConfigureAwait(false);
        await _connection.KeepAsync(cancellationToken).ConfigureAwait(false);
        noted?.SetResult();
    }

    private bool ReadsOnceThereIsRoom() => _reader.IsCut && _events.Room >= _options.BatchSize;

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var read = await _reader.ReadAsync(_events.Room, cancellationToken).ConfigureAwait(false);
        if (read.Packs.Count == 0)
            return;

        await _connection.KeepWhileAsync(_events.AddAsync(read.Packs, read.Failed, _closing.Token), _closing.Token)
            .ConfigureAwait(false);
        await _connection.KeepWhileAsync(_events.FollowAsync(_closing.Token), _closing.Token).ConfigureAwait(false);
    }

    private void Notified(string payload)
    {
        if (payload == OutboxSql.AsideChanged)
            WakeAside();
        else
            Wake();
    }
}
