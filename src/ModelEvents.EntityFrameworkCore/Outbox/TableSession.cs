using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Dispatching;

namespace ModelEvents.Outbox;

/// <summary>
/// A process's membership in a <see cref="TableOutbox"/>. A process that was paused so long that its leases were taken over
/// can neither claim nor complete events of those lanes: every statement asks for the lease.
/// </summary>
internal sealed class TableSession : ILeadSession, ITakeoverSession
{
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(5);

    private readonly Guid _owner;
    private readonly Type _contextType;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _time;
    private readonly LaneLeases _leases;
    private readonly TableEvents _events;
    private readonly TargetSignals _signals;
    private readonly BrokerReach _reach;
    private readonly LaneShare _share = new();
    private readonly Lock _shareLock = new();
    private readonly CancellationTokenSource _closing = new();
    private Task _upkeep = Task.CompletedTask;
    private Exception? _failure;
    private volatile bool _isAwaited;
    private long _joined;
    private bool _mayHold;

    public TableSession(Type contextType, IServiceScopeFactory scopes, BrokerReach reach, TimeProvider time)
    {
        _reach = reach;
        _owner = new EventIds(time).Next();
        (_contextType, _scopes, _time) = (contextType, scopes, time);
        _leases = new LaneLeases(_owner, time);
        _events = new TableEvents(_owner, time);
        _signals = new TargetSignals(time);
    }

    /// <summary>Called when the session is closed.</summary>
    public required Action<TableSession> Ended { get; init; }

    /// <summary>Who has ended and could not give its lanes up, as the database was away. The next session does.</summary>
    public required ConcurrentDictionary<Guid, bool> Unleft { get; init; }

    public Func<CancellationToken, Task>? TakingOver { private get; set; }

    public long? LeadsSince => Volatile.Read(ref _joined) is var joined and not 0 ? joined : null;

    public Task<bool> IsAwaitedAsync(CancellationToken cancellationToken) => Task.FromResult(_isAwaited);

    public void Wake() => _signals.Raise(LaneSet.All);

    /// <summary>Becomes a member and leases what is free, at once what sessions of this process before it had.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        await RunAsync(context => Done(LaneLeases.SeedAsync(context, cancellationToken)), cancellationToken)
            .ConfigureAwait(false);
        Guid[] unleft = [.. Unleft.Keys];
        if (unleft.Length > 0)
            await LeaveAsync(unleft, cancellationToken).ConfigureAwait(false);

        _mayHold = true;
        await KeepShareAsync(cancellationToken).ConfigureAwait(false);
        _upkeep = Task.Run(() => KeepShareUntilClosedAsync(_closing.Token), CancellationToken.None);
    }

    public async Task<IReadOnlyList<OutboxEntry>> ClaimAsync(
        LaneSlice slice, int max, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        var lanes = LaneSet.Of(slice);
        var signals = _signals.Of(slice.Handler);
        signals.Take(lanes);

        // Noted before the events are read, so that none of the lanes is handed on meanwhile.
        lock (_shareLock)
        {
            lanes &= _share.Claimable;
            _share.BeginClaim(slice, lanes);
        }

        if (lanes.IsEmpty)
            return [];

        var (claimed, isCut) = await RunAsync(
            context => _events.ClaimAsync(context, slice.Handler, lanes, max, cancellationToken), cancellationToken)
            .ConfigureAwait(false);

        lock (_shareLock)
            _share.BeginClaim(slice, LaneSet.Of(claimed.Select(entry => entry.Event.Lane)));

        if (isCut)
            signals.Raise(lanes);

        return claimed;
    }

    public async Task CompleteAsync(
        LaneSlice slice,
        IReadOnlyList<ModelEvent> published,
        IReadOnlyList<FailedEvent> failed,
        CancellationToken cancellationToken)
    {
        ThrowIfLost();
        await RunAsync(
            context => Done(_events.CompleteAsync(context, slice.Handler, published, failed, cancellationToken)),
            cancellationToken).ConfigureAwait(false);

        lock (_shareLock)
            _share.EndClaim(slice);

        _signals.Of(slice.Handler).Raise(LaneSet.Of(slice));
    }

    public Task<bool> WaitAsync(LaneSlice slice, TimeSpan atMost, CancellationToken cancellationToken) =>
        _signals.Of(slice.Handler).WaitAsync(LaneSet.Of(slice), atMost, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Ended(this);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _upkeep.ConfigureAwait(false);
        _closing.Dispose();

        if (_mayHold)
            await LeaveAsync().ConfigureAwait(false);
    }

    private async Task LeaveAsync()
    {
        Unleft[_owner] = true;
        using var timeout = new CancellationTokenSource(LeaveTimeout, _time);

        try
        {
            await LeaveAsync([_owner], timeout.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The database is away: the others take the lanes over as if this process had died, if it is not back before.
        }
    }

    private async Task LeaveAsync(Guid[] ended, CancellationToken cancellationToken)
    {
        await RunAsync(context => LaneLeases.LeaveAsync(context, ended, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        Array.ForEach(ended, one => Unleft.TryRemove(one, out _));
    }

    private async Task KeepShareUntilClosedAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LaneLeases.BeatInterval, _time, cancellationToken).ConfigureAwait(false);
                await KeepShareAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The session is being closed.
        }
        catch (Exception exception)
        {
            _failure = exception;
            Wake();
        }
    }

    private Task<bool> KeepShareAsync(CancellationToken cancellationToken) => RunAsync(
        async context =>
        {
            await _leases.BeatAsync(context, cancellationToken).ConfigureAwait(false);
            var leases = await _leases.LookAsync(context, cancellationToken).ConfigureAwait(false);
            if (leases.Count == 0)
                throw new InvalidOperationException("The table of leases is empty: it was made again. Open another session.");

            var members = leases.Where(lease => lease.Slot >= Lane.Count).ToList();
            var lanes = leases.Where(lease => lease.Slot < Lane.Count).ToList();

            var others = members.Count(lease => !_leases.IsMine(lease) && !_leases.IsFree(lease));
            _isAwaited = others > 0;

            // Who has just left its lanes to others is no member beside them.
            var joins = others == 0 || _reach.IsToLead || _joined != 0;
            if (joins && _joined == 0)
                Volatile.Write(ref _joined, _time.GetTimestamp());
            if (joins && !members.Exists(_leases.IsMine))
            {
                await _leases.TakeAsync(context, members.Where(_leases.IsFree).Take(1), cancellationToken)
                    .ConfigureAwait(false);
            }

            var surplus = Adapt(LaneSet.Of(lanes.Where(_leases.IsMine).Select(lease => lease.Slot)), others + 1);
            await HandOnAsync(context, surplus, cancellationToken).ConfigureAwait(false);
            return joins && await GainAsync(context, lanes, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Takes note of what the table says and returns the lanes to hand on.</summary>
    private LaneSet Adapt(LaneSet mine, int members)
    {
        lock (_shareLock)
        {
            _share.Lose(_share.Held - mine);
            _share.Adapt(members);

            // Others may have committed events of this session's lanes.
            if (members > 1)
                _signals.Raise(_share.Held);

            var surplus = _share.Releasable;
            _share.Lose(surplus);
            return surplus;
        }
    }

    private Task HandOnAsync(OutboxContext context, LaneSet lanes, CancellationToken cancellationToken) =>
        lanes.IsEmpty ? Task.CompletedTask : _leases.GiveAsync(context, lanes.ToArray(), cancellationToken);

    private async Task<bool> GainAsync(
        OutboxContext context, IEnumerable<LaneLease> lanes, CancellationToken cancellationToken)
    {
        var wanted = LaneShare.FairShare(_share.Members) - _share.Held.Count;
        var free = lanes.Where(_leases.IsFree).Take(Math.Max(0, wanted));
        var gained = LaneSet.Of(await _leases.TakeAsync(context, free, cancellationToken).ConfigureAwait(false));
        if (!gained.IsEmpty && TakingOver is { } takingOver)
            await takingOver(cancellationToken).ConfigureAwait(false);

        lock (_shareLock)
            _share.Gain(gained);

        _signals.Raise(gained);
        return !gained.IsEmpty;
    }

    private void ThrowIfLost()
    {
        if (_failure is not null)
            throw new InvalidOperationException("The session of the outbox is lost. Open another.", _failure);
    }

    private Task<T> RunAsync<T>(Func<OutboxContext, Task<T>> work, CancellationToken cancellationToken) =>
        OutboxContext.RunAsync(_scopes, _contextType, work, cancellationToken);

    private static async Task<bool> Done(Task work)
    {
        await work.ConfigureAwait(false);
        return true;
    }
}
