using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Bodies;
using ModelEvents.Dispatching;
using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>
/// The outbox in a context's PostgreSQL database. Written by one statement (<see cref="PackAppend"/>), read by the session
/// of one process at a time (<see cref="PackSession"/>).
/// </summary>
internal sealed class PostgreSqlOutbox(
    Type contextType,
    IServiceScopeFactory scopes,
    SavedDatabases databases,
    IOptions<ModelEventsOptions> options,
    ServedTargets served,
    BrokerReach reach,
    TimeProvider time,
    ILogger<PostgreSqlOutbox> logger) : BatchedOutbox(options.Value.Outbox.Prepare, new LockRights(time, logger), logger),
        ICommandOutbox, IDatabaseOutbox, IHeldReader
{
    private readonly WalNames _names = new(options.Value.Wal.Slot, contextType);
    private readonly StoredEvents _stored = new(contextType, scopes);
    private readonly LaneSignals _woken = new(time);
    private readonly LeaderCheck _leader = new(contextType, scopes, time, logger);
    private readonly ConcurrentDictionary<PackSession, bool> _sessions = [];

    public string Name => contextType.Name;

    public bool IsSignChanging => false;

    public IEntityType? TableOf(DbContext context) => OutboxModel.PacksOf(context);

    /// <summary>Whoever leads or, once the dispatchers deliver from the log, reads it: that one takes what is left here.</summary>
    public string SignQuery(DbContext context)
    {
        var slot = _names.SlotIn(context.GetService<IRelationalConnection>().DbConnection.Database);
        return $"SELECT coalesce(({OutboxSql.Of(context).Leader}), ({WalSlot.ReaderQuery(slot)}))";
    }

    public bool AppendTo(DbContext context, DbCommand command, ModelEvent one, PendingValues? pending) =>
        PackAppend.Extend(context, command, one, pending);

    public async Task<IOutboxSession> OpenAsync(CancellationToken cancellationToken)
    {
        var scope = await OwnSessions.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        var settings = options.Value.Dispatcher;
        var fence = new LeaderFence();
        var session = new PackSession(
            new LeaderConnection(scope, settings.PollInterval, time),
            new OutboxListener(scopes, contextType, time, logger),
            new TargetQueues(Name, new AsideEvents(contextType, scopes, fence, time), settings, time, served),
            PackUnpacker.OfRows(Name, time, logger),
            settings,
            time)
        {
            Ended = ended => _sessions.TryRemove(ended, out _),
            TellLeader = NotifyOthersAsync,
            IsToLead = () => reach.IsToLead,
            IsAwaited = IsAwaitedAsync,
            Fence = fence,
        };

        try
        {
            await session.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        databases.Opened(scope.Context, this);
        _sessions[session] = true;
        session.Wake();
        return session;
    }

    public void Wake()
    {
        _woken.Raise(LaneSet.All);

        foreach (var (session, _) in _sessions)
            session.Wake();
    }

    public Task WokenAsync(CancellationToken cancellationToken) => _woken.TakeNextAsync(cancellationToken);

    public async Task NotifyOthersAsync(CancellationToken cancellationToken)
    {
        await NotifyAsync(sql => sql.Notify, cancellationToken).ConfigureAwait(false);
        _leader.Begin(cancellationToken);
    }

    public async Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var aside = await _stored.GetStatusAsync(served, cancellationToken).ConfigureAwait(false);
        var (count, oldest) = await PackStatus.ReadAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        return aside.With(count, oldest);
    }

    public Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        int limit, string? handler, CancellationToken cancellationToken) =>
        _stored.ListParkedAsync(limit, handler, cancellationToken);

    public Task<IReadOnlyList<HeldEvent>> ListHeldAsync(int limit, CancellationToken cancellationToken) =>
        _stored.ListHeldAsync(limit, cancellationToken);

    public async Task<int> RetryParkedAsync(
        IReadOnlyCollection<Guid>? eventIds, string? handler, CancellationToken cancellationToken)
    {
        var count = await _stored.RetryParkedAsync(eventIds, handler, cancellationToken).ConfigureAwait(false);
        await AsideChangedAsync(cancellationToken).ConfigureAwait(false);
        return count;
    }

    public async Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, string? handler, CancellationToken cancellationToken)
    {
        var count = await _stored.DiscardParkedAsync(eventIds, handler, cancellationToken).ConfigureAwait(false);
        await AsideChangedAsync(cancellationToken).ConfigureAwait(false);
        return count;
    }

    private protected override SaveBatch Batch(
        DbContext context, IReadOnlyList<ModelEvent> events, EntityLocks? locks, bool andCommit) =>
        PackAppend.Batch(Preparation, context, events, locks, andCommit);

    private protected override void Saving(DbContext context) => databases.Saving(context, this);

    private protected override ValueTask SavingAsync(DbContext context, CancellationToken cancellationToken) =>
        databases.SavingAsync(context, this, cancellationToken);

    private async Task AsideChangedAsync(CancellationToken cancellationToken)
    {
        foreach (var (session, _) in _sessions)
            session.WakeAside();

        await NotifyAsync(sql => sql.NotifyAside, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsAwaitedAsync(CancellationToken cancellationToken)
    {
        var scope = await ContextScope.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        using var look = scope.Context.Database.GetDbConnection().CreateCommand();
        look.CommandText = OutboxSql.Of(scope.Context).Awaiting;
        return await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not null;
    }

    private async Task NotifyAsync(Func<OutboxSql, string> statement, CancellationToken cancellationToken)
    {
        var scope = await ContextScope.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        var sql = statement(OutboxSql.Of(scope.Context));
        await scope.Context.Database.ExecuteSqlRawAsync(sql, cancellationToken).ConfigureAwait(false);
    }
}
