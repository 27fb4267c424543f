using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Finds out whether a pooler of another program gives a connection another of the server's sessions for each transaction, as
/// PgBouncer does in transaction mode: a lock, and what is set on such a session, would be everybody's.
/// </summary>
internal static class PooledSessions
{
    private const string ProcessId = "SELECT pg_backend_pid()";

    // Those who are busy have other sessions soon. One that is idle is given to the next who asks.
    private const int Looks = 4;

    // A pooler lets a connection wait while it has no session for it.
    private const int SecondsToWait = 5;

    /// <summary>Throws where the sessions are shared. Without a pooler this asks the server once.</summary>
    public static async Task ThrowIfSharedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var own = await LookAsync(connection, cancellationToken).ConfigureAwait(false);
        if (own == connection.ProcessID)
            return;

        for (var look = 0; look < Looks; look++)
        {
            if (await IsTakenByAnotherAsync(connection, own, cancellationToken).ConfigureAwait(false))
                throw Shared(connection);
        }
    }

    /// <summary>Whether the session is given to another connection, or another session to this one.</summary>
    private static async Task<bool> IsTakenByAnotherAsync(NpgsqlConnection connection, int own, CancellationToken cancellationToken)
    {
        var another = (NpgsqlConnection)((ICloneable)connection).Clone();
        await using var closing = another.ConfigureAwait(false);
        try
        {
            await another.OpenAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await another.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var ending = transaction.ConfigureAwait(false);
            if (await LookAsync(another, cancellationToken).ConfigureAwait(false) == own)
                return true;
        }
        catch (NpgsqlException exception) when (exception is not PostgresException)
        {
            // It has no session for another one now. It would have this one if it were shared.
        }

        return await LookAsync(connection, cancellationToken).ConfigureAwait(false) != own;
    }

    private static async Task<int> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var look = new NpgsqlCommand(ProcessId, connection) { CommandTimeout = SecondsToWait };
        return (int)(await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static InvalidOperationException Shared(NpgsqlConnection connection) => new(
        $"The connection to the database '{connection.Database}' goes through a pooler in transaction mode, which gives it another "
        + "session of the server each time: nobody could lead, and what is set on the session would hold for others. Let the "
        + "context of the process that dispatches connect to the server itself, or to the pooler in session mode.");
}
