using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Ends the session of a leader that stands still while events wait and another process would lead: one that works uses its
/// session every few seconds. Whoever has told it of events looks, so that nobody does while there are none.
/// </summary>
internal sealed class LeaderCheck(
    Type contextType, IServiceScopeFactory scopes, TimeProvider time, ILogger logger)
{
    /// <summary>For how long a leader may leave its session idle while events wait.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = Patience / 2;

    private int _runs;

    /// <summary>Looks until no events wait, unless it does already.</summary>
    public void Begin(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _runs, 1) == 0)
            _ = Task.Run(() => RunAsync(cancellationToken), CancellationToken.None);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookUntilNoneWaitAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The server ends a session that is idle for long, in any case.
        catch (Exception)
#pragma warning restore CA1031
        {
            // This process ends or leads, the database is away, or the leader is another role's.
        }
        finally
        {
            Volatile.Write(ref _runs, 0);
        }
    }

    private async Task LookUntilNoneWaitAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        var before = await LookAsync(cancellationToken).ConfigureAwait(false);
        while (before is not null)
        {
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
            var now = await LookAsync(cancellationToken).ConfigureAwait(false);
            if (now?.Pid is null || now != before)
                since = time.GetTimestamp();
            else if (time.GetElapsedTime(since) >= Patience)
                await EndAsync(now, cancellationToken).ConfigureAwait(false);

            before = now;
        }
    }

    private Task<IdleLeader?> LookAsync(CancellationToken cancellationToken) => RunAsync(
        sql => sql.IdleLeader,
        async command =>
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false) || reader.IsDBNull(0))
                return null;

            return reader.IsDBNull(2)
                ? new IdleLeader(reader.GetInt64(0), Pid: null, Used: default)
                : new IdleLeader(reader.GetInt64(0), reader.GetInt32(1), reader.GetDateTime(2));
        },
        cancellationToken);

    private Task<bool> EndAsync(IdleLeader leader, CancellationToken cancellationToken) => RunAsync(
        _ => OutboxSql.EndIdle,
        async command =>
        {
            command.Parameters.Add(new NpgsqlParameter { Value = leader.Pid });
            command.Parameters.Add(new NpgsqlParameter { Value = leader.Used });
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
                return false;

            Log.LeaderEnded(logger, contextType.Name, (int)Patience.TotalSeconds);
            return true;
        },
        cancellationToken);

    private async Task<T> RunAsync<T>(
        Func<OutboxSql, string> statement, Func<NpgsqlCommand, Task<T>> run, CancellationToken cancellationToken)
    {
        var scope = await ContextScope.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        using var command = new NpgsqlCommand(
            statement(OutboxSql.Of(scope.Context)), (NpgsqlConnection)scope.Context.Database.GetDbConnection());
        return await run(command).ConfigureAwait(false);
    }

    /// <param name="Oldest">The pack that has waited longest.</param>
    /// <param name="Pid">The leader's process on the server, if its session is idle.</param>
    /// <param name="Used">When it was used last.</param>
    private sealed record IdleLeader(long Oldest, int? Pid, DateTime Used);
}
