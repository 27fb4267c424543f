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
using ModelEvents.Diagnostics;
using ModelEvents.Dispatching;
using ModelEvents.Handlers;
using ModelEvents.LogCapture;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// The write-ahead log of a context's PostgreSQL database as its outbox: events are messages in it
/// (<see cref="WalAppend"/>), read back in the order of their commits from a replication slot (<see cref="WalSession"/>).
/// </summary>
internal sealed class WalOutbox(
    Type contextType,
    IServiceProvider services,
    SavedDatabases databases,
    IOptions<ModelEventsOptions> options,
    ServedTargets served,
    HealthConditions health,
    BrokerReach reach,
    TimeProvider time,
    ILogger<WalOutbox> logger) : BatchedOutbox(options.Value.Outbox.Prepare, new LockRights(time, logger), logger),
        ICommandOutbox, IDatabaseOutbox, IHeldReader
{
    private readonly WalNames _names = NamesOf(contextType, options);
    private readonly WalAppend _append = new(NamesOf(contextType, options).Prefix);
    private readonly WalGuard _guard = new(time);
    private readonly StoredEvents _stored = new(contextType, services.GetRequiredService<IServiceScopeFactory>());
    private readonly ServerTypes _types = new();
    private readonly SeenPublication _seen = new();
    private readonly WalGap _gap = new(time);
    private readonly LaneSignals _woken = new(time);
    private readonly ConcurrentDictionary<WalSession, bool> _sessions = [];

    public string Name => contextType.Name;

    public bool IsSignChanging => false;

    /// <summary>A slot is of a database, whatever the schema.</summary>
    public IEntityType? TableOf(DbContext context) => null;

    public string SignQuery(DbContext context) => WalSlot.ReaderQuery(
        _names.SlotIn(ConnectionOf(context).Database));

    public bool AppendTo(DbContext context, DbCommand command, ModelEvent one, PendingValues? pending) =>
        _append.Extend(command, one, pending);

    public override void Check(DbConnection connection) => _guard.Check((NpgsqlConnection)connection, _names);

    public override ValueTask CheckAsync(DbConnection connection, CancellationToken cancellationToken) =>
        _guard.CheckAsync((NpgsqlConnection)connection, _names, cancellationToken);

    public async Task<IOutboxSession> OpenAsync(CancellationToken cancellationToken)
    {
        // Perhaps the session before this one has ended because the slot is gone.
        _guard.Doubt();
        var log = await LogAsync().ConfigureAwait(false);
        var table = new AsideEvents(
            contextType, services.GetRequiredService<IServiceScopeFactory>(), new LeaderFence(), time);
        var events = new TargetQueues(Name, table, options.Value.Dispatcher, time, served);
        var rows = await log.ReaderAsync(cancellationToken).ConfigureAwait(false);
        var session = new WalSession(
            log.Slot,
            rows,
            table,
            events,
            new WalSnapshots(log.Slot, await PacksAsync().ConfigureAwait(false), health, logger),
            new WalPacks(
                table, PackUnpacker.OfRows(Name, time, logger), events, options.Value.Dispatcher.PollInterval, time),
            time)
        {
            Ended = ended => _sessions.TryRemove(ended, out _),
            Messages = PackUnpacker.OfLog(Name, time, logger),
            IsToLead = () => reach.IsToLead,
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

        await databases.OpenedAsync(services.GetRequiredService<IServiceScopeFactory>(), this, cancellationToken)
            .ConfigureAwait(false);
        _sessions[session] = true;
        return session;
    }

    /// <summary>The log itself tells the reader of new events, wherever it is.</summary>
    public void Wake() => _woken.Raise(LaneSet.All);

    public Task WokenAsync(CancellationToken cancellationToken) => _woken.TakeNextAsync(cancellationToken);

    public Task NotifyOthersAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What waits in the log is known to the process that reads it, and there as far as it has read.</summary>
    public async Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var log = await LogAsync().ConfigureAwait(false);
        var state = await log.Slot.LookAsync(cancellationToken).ConfigureAwait(false);

        if (!state.IsReady || !state.HasPublication || state.IsLost)
            _guard.Doubt();

        log.Slot.ThrowUnlessReady(state);
        var set = await _stored.GetStatusAsync(served, cancellationToken).ConfigureAwait(false);
        var (count, oldest) = _sessions.Keys.Select(session => session.Waiting).FirstOrDefault(one => one.Count > 0);
        var packs = await PackStatus.ReadAsync(
            services.GetRequiredService<IServiceScopeFactory>(), contextType, cancellationToken).ConfigureAwait(false);
        return set.With(count, oldest).With(packs.Count, packs.Oldest) with
        {
            RetainedBytes = state.RetainedBytes ?? 0,
            PossibleLoss = await log.FindLossAsync(cancellationToken).ConfigureAwait(false),
        };
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
        WakeSessions();
        return count;
    }

    public async Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, string? handler, CancellationToken cancellationToken)
    {
        var count = await _stored.DiscardParkedAsync(eventIds, handler, cancellationToken).ConfigureAwait(false);
        WakeSessions();
        return count;
    }

    /// <summary>
    /// The context's part of the log, over the connection string as it was configured: an open connection hides its
    /// password.
    /// </summary>
    public async Task<ContextLog> LogAsync()
    {
        var scope = services.CreateAsyncScope();
        await using var closing = scope.ConfigureAwait(false);
        var context = (DbContext)scope.ServiceProvider.GetRequiredService(contextType);
        var connectionString = options.Value.Wal.ConnectionString ?? context.Database.GetConnectionString()!;
        var table = OutboxModel.RowOf(context);
        var capture = services.GetKeyedService<IRowCapture>(contextType);
        var slot = new WalSlot(_names, connectionString, options.Value.Wal, time, logger)
        {
            IsToBeRead = options.Value.Dispatcher.Enabled,
            Owner = WalOwner.Of(context, capture?.Tables.Count > 0 ? options.Value.ServiceName : null),
            Types = _types,
            Gap = _gap,
        };
        var records = new SlotRecords(slot.ConnectionString, table.GetSchema(), table.GetTableName()!, slot.Name);
        return new ContextLog(
            slot, capture, records, _seen, services.GetRequiredService<HealthConditions>(), time, logger);
    }

    private protected override SaveBatch Batch(
        DbContext context, IReadOnlyList<ModelEvent> events, EntityLocks? locks, bool andCommit) =>
        _append.Batch(Preparation, context, events, locks, andCommit);

    private protected override void Saving(DbContext context)
    {
        Check(ConnectionOf(context));
        databases.Saving(context, this);
    }

    private protected override async ValueTask SavingAsync(DbContext context, CancellationToken cancellationToken)
    {
        await CheckAsync(ConnectionOf(context), cancellationToken).ConfigureAwait(false);
        await databases.SavingAsync(context, this, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> PacksAsync()
    {
        var scope = services.CreateAsyncScope();
        await using var closing = scope.ConfigureAwait(false);
        return AsideSql.PacksOf((DbContext)scope.ServiceProvider.GetRequiredService(contextType));
    }

    private void WakeSessions()
    {
        foreach (var (session, _) in _sessions)
            session.Wake();
    }

    private static DbConnection ConnectionOf(DbContext context) => context.GetService<IRelationalConnection>().DbConnection;

    private static WalNames NamesOf(Type contextType, IOptions<ModelEventsOptions> options) =>
        new(options.Value.Wal.Slot, contextType);
}
