using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Capture;
using ModelEvents.Dispatching;
using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>
/// The outbox for any relational provider, in plain LINQ. Sessions lease lanes by rows of a second table
/// (<see cref="LaneLeases"/>); events of other processes are found by looking regularly.
/// </summary>
internal sealed class TableOutbox(
    Type contextType,
    IServiceScopeFactory scopes,
    SavedDatabases databases,
    ServedTargets served,
    BrokerReach reach,
    TimeProvider time,
    ILogger<TableOutbox> logger) : IDatabaseOutbox, IHeldReader
{
    private readonly LockRights _rights = new(time, logger);
    private bool _hasToldOrder;
    private readonly StoredEvents _stored = new(contextType, scopes);
    private readonly LaneSignals _woken = new(time);
    private readonly ConcurrentDictionary<TableSession, bool> _sessions = [];
    private readonly ConcurrentDictionary<Guid, bool> _unleft = [];

    public string Name => contextType.Name;

    public bool IsSignChanging => true;

    public IEntityType? TableOf(DbContext context) => OutboxModel.RowOf(context);

    public string SignQuery(DbContext context) => LaneLeases.SignQuery(context);

    public void Append(DbContext context, IReadOnlyList<ModelEvent> events)
    {
        // In an ambient transaction EF Core has closed its connection by now.
        context.Database.OpenConnection();

        try
        {
            databases.Saving(context, this);
            using var outbox = OutboxContext.On(context);
            var locks = EntityLocks.Take(context, events);
            using var own = locks is null || UserTransaction.IsOpen(context) ? null : outbox.Database.BeginTransaction();
            Lock(locks, context);

            foreach (var round in Rounds(events))
            {
                outbox.AddRange(round);
                outbox.SaveChanges();
            }

            own?.Commit();
        }
        finally
        {
            context.Database.CloseConnection();
        }
    }

    public async Task AppendAsync(
        DbContext context, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            await databases.SavingAsync(context, this, cancellationToken).ConfigureAwait(false);
            using var outbox = OutboxContext.On(context);
            var locks = EntityLocks.Take(context, events);
            using var own = locks is null || UserTransaction.IsOpen(context)
                ? null
                : await outbox.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await LockAsync(locks, context, cancellationToken).ConfigureAwait(false);

            foreach (var round in Rounds(events))
            {
                outbox.AddRange(round);
                await outbox.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            }

            if (own is not null)
                await own.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    public async Task<IOutboxSession> OpenAsync(CancellationToken cancellationToken)
    {
        var session = new TableSession(contextType, scopes, reach, time)
        {
            Ended = ended => _sessions.TryRemove(ended, out _),
            Unleft = _unleft,
        };
        try
        {
            await session.JoinAsync(cancellationToken).ConfigureAwait(false);
            _sessions[session] = true;
            await databases.OpenedAsync(scopes, this, cancellationToken).ConfigureAwait(false);
            await _stored.TellUnservedAsync(Name, served, cancellationToken).ConfigureAwait(false);
            await TellOrderAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            // It has lanes by now, perhaps, and would keep them for nobody.
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Wake()
    {
        _woken.Raise(LaneSet.All);

        foreach (var (session, _) in _sessions)
            session.Wake();
    }

    public Task WokenAsync(CancellationToken cancellationToken) => _woken.TakeNextAsync(cancellationToken);

    /// <summary>There is no portable way; the others look regularly.</summary>
    public Task NotifyOthersAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        _stored.GetStatusAsync(served, cancellationToken);

    public Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        int limit, string? handler, CancellationToken cancellationToken) =>
        _stored.ListParkedAsync(limit, handler, cancellationToken);

    public Task<IReadOnlyList<HeldEvent>> ListHeldAsync(int limit, CancellationToken cancellationToken) =>
        _stored.ListHeldAsync(limit, cancellationToken);

    public async Task<int> RetryParkedAsync(
        IReadOnlyCollection<Guid>? eventIds, string? handler, CancellationToken cancellationToken)
    {
        var count = await _stored.RetryParkedAsync(eventIds, handler, cancellationToken).ConfigureAwait(false);
        Wake();
        return count;
    }

    public async Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, string? handler, CancellationToken cancellationToken)
    {
        var count = await _stored.DiscardParkedAsync(eventIds, handler, cancellationToken).ConfigureAwait(false);
        Wake();
        return count;
    }

    /// <summary>Tells once where the order of some events is not that of the commits.</summary>
    private async Task TellOrderAsync(CancellationToken cancellationToken)
    {
        if (_hasToldOrder)
            return;

        var scope = await ContextScope.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        if (!EntityLocks.AreAllKnown(scope.Context.Database))
            Capture.Log.LocksOnlyWritten(logger, Name, scope.Context.Database.ProviderName!);
        _hasToldOrder = true;
    }

    private void Lock(EntityLocks? locks, DbContext context)
    {
        if (locks is { Rows.Count: > 0 })
            _rights.Apply(locks, context);
        using var batch = locks?.Batch();

        try
        {
            batch?.ExecuteNonQuery();
        }
        catch (Exception failure)
        {
            _rights.Failed(failure);
            throw;
        }
    }

    private async Task LockAsync(EntityLocks? locks, DbContext context, CancellationToken cancellationToken)
    {
        if (locks is { Rows.Count: > 0 })
            await _rights.ApplyAsync(locks, context, cancellationToken).ConfigureAwait(false);
        using var batch = locks?.Batch();

        try
        {
            if (batch is not null)
                await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            _rights.Failed(failure);
            throw;
        }
    }

    /// <summary>
    /// Each round has one event of a key and target: not every database gives ids in the order of the rows of one statement.
    /// </summary>
    private static IEnumerable<IEnumerable<OutboxRow>> Rounds(IReadOnlyList<ModelEvent> events) =>
        EventTargets.Part(events).GroupBy(one => (one.Handler, one.Model, one.Key))
            .SelectMany(entity => entity.Select((one, round) => (one, round)))
            .GroupBy(step => step.round, step => OutboxRow.Of(step.one))
            .OrderBy(round => round.Key);
}
