using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Bodies;

namespace ModelEvents.Outbox;

/// <summary>
/// The outbox in a context's PostgreSQL database. Written by one statement (<see cref="AppendCommand"/>), read by sessions
/// that lease lanes by advisory locks (<see cref="PostgreSqlSession"/>).
/// </summary>
internal sealed class PostgreSqlOutbox(
    Type contextType,
    IServiceScopeFactory scopes,
    IOptions<ModelEventsOptions> options,
    TimeProvider time,
    ILogger<PostgreSqlOutbox> logger) : ICommandOutbox
{
    private readonly StoredEvents _stored = new(contextType, scopes);
    private readonly LaneSignals _woken = new(time);
    private readonly ConcurrentDictionary<SessionUpkeep, bool> _sessions = [];

    public string Name => contextType.Name;

    public void Append(DbContext context, IReadOnlyList<ModelEvent> events)
    {
        // In an ambient transaction EF Core has closed its connection by now.
        context.Database.OpenConnection();

        try
        {
            using var append = AppendCommand.For(context, events, andCommit: false);
            append.ExecuteNonQuery();
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
            using var append = AppendCommand.For(context, events, andCommit: false);
            await append.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    public void AppendAndCommit(DbContext context, IReadOnlyList<ModelEvent> events)
    {
        using var append = AppendCommand.For(context, events, andCommit: true);
        append.ExecuteNonQuery();
    }

    public async Task AppendAndCommitAsync(
        DbContext context, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        using var append = AppendCommand.For(context, events, andCommit: true);
        await append.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public void AppendTo(DbContext context, DbCommand command, ModelEvent one, PendingValues? pending) =>
        OwnStatement.Extend(command, OutboxSql.Of(context), one, pending);

    public async Task<IOutboxSession> OpenAsync(CancellationToken cancellationToken)
    {
        var scope = await ContextScope.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        var session = new PostgreSqlSession(new LockedConnection(scope), time);

        try
        {
            await session.JoinAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Keep(session);
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
        var scope = await ContextScope.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        await scope.Context.Database.ExecuteSqlRawAsync(OutboxSql.Of(scope.Context).Notify, cancellationToken)
            .ConfigureAwait(false);
    }

    public Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        _stored.GetStatusAsync(cancellationToken);

    public Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(int limit, CancellationToken cancellationToken) =>
        _stored.ListParkedAsync(limit, cancellationToken);

    public async Task<int> RetryParkedAsync(
        IReadOnlyCollection<Guid>? eventIds, CancellationToken cancellationToken)
    {
        var count = await _stored.RetryParkedAsync(eventIds, cancellationToken).ConfigureAwait(false);
        await NotifyOthersAsync(cancellationToken).ConfigureAwait(false);
        return count;
    }

    public async Task<int> DiscardParkedAsync(
        IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken)
    {
        var count = await _stored.DiscardParkedAsync(eventIds, cancellationToken).ConfigureAwait(false);
        await NotifyOthersAsync(cancellationToken).ConfigureAwait(false);
        return count;
    }

    private void Keep(PostgreSqlSession session)
    {
        var listener = new OutboxListener(scopes, contextType, time, logger);
        var upkeep = new SessionUpkeep(session, listener, options.Value.Dispatcher.PollInterval, time)
        {
            Ended = ended => _sessions.TryRemove(ended, out _),
        };
        session.Upkeep = upkeep;
        _sessions[upkeep] = true;
        upkeep.Start();
    }
}
