using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Prepares statements that write events, and the others of their saves, which spares the server half of its work on them.
/// Only where the session stays that of the connection: behind a pooler of another program the next statement may meet a session that does not know
/// them. Such a pooler shows in that it makes up the session's process id, which is looked at once per database and process.
/// </summary>
internal sealed class StatementPreparation(bool isWanted, ILogger log)
{
    private const string Look = "SELECT pg_backend_pid()";

    private readonly ConcurrentDictionary<string, bool> _allowed = [];
    private readonly StatementShapes _shapes = new();
    private volatile bool _hasPrepared;

    /// <summary>Notes a use of the statements of <paramref name="command"/>; returns whether it is worth preparing.</summary>
    public bool IsToPrepare(DbCommand command) => isWanted && _shapes.AreToPrepare(command.CommandText);

    public void Prepare(DbCommand command)
    {
        var connection = (NpgsqlConnection)command.Connection!;
        if (IsAllowed(connection) ?? Ask(connection))
            command.Prepare();
    }

    public async Task PrepareAsync(DbCommand command, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)command.Connection!;
        if (IsAllowed(connection) ?? await AskAsync(connection, cancellationToken).ConfigureAwait(false))
            await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Prepare(NpgsqlBatch batch)
    {
        if (IsAllowed(batch.Connection!) ?? Ask(batch.Connection!))
            batch.Prepare();
    }

    public async Task PrepareAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var connection = batch.Connection!;
        if (IsAllowed(connection) ?? await AskAsync(connection, cancellationToken).ConfigureAwait(false))
            await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends preparation for the database where <paramref name="failure"/> says that a prepared statement is gone, or does not
    /// fit its table any more: sessions may keep others like it. What is not prepared makes no use of them. The pool's sessions
    /// are replaced, as Npgsql may use them by itself ('Max Auto Prepare').
    /// </summary>
    public void Failed(DbConnection connection, Exception failure)
    {
        if (!MayExplain(failure) || !_allowed.TryUpdate(connection.ConnectionString, newValue: false, comparisonValue: true))
            return;

        NpgsqlConnection.ClearPool((NpgsqlConnection)connection);
        Log.PreparationEnded(log, connection.Database, failure.GetBaseException().Message);
    }

    /// <summary>Whether <paramref name="failure"/> may be of a statement that was prepared here.</summary>
    public bool MayExplain(Exception failure) => _hasPrepared && IsOfPrepared(failure);

    // Of 0A000, which stands for much else: https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static bool IsOfPrepared(Exception failure) => failure.GetBaseException() is PostgresException
    {
        SqlState: PostgresErrorCodes.InvalidSqlStatementName,
    }
    or PostgresException
    {
        SqlState: PostgresErrorCodes.FeatureNotSupported,
        Routine: "RevalidateCachedQuery",
    };

    /// <summary>What is known, or <see langword="null"/> where the server must be asked.</summary>
    private bool? IsAllowed(NpgsqlConnection connection)
    {
        if (!isWanted)
            return false;

        return _allowed.TryGetValue(connection.ConnectionString, out var isAllowed) ? isAllowed : null;
    }

    private bool Ask(NpgsqlConnection connection)
    {
        using var look = new NpgsqlCommand(Look, connection);
        return Note(connection, CanKeep(connection) ? look.ExecuteScalar() : null);
    }

    private async ValueTask<bool> AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var look = new NpgsqlCommand(Look, connection);
        return Note(
            connection,
            CanKeep(connection) ? await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) : null);
    }

    /// <summary>Without a pool of the driver a prepared statement would be used once.</summary>
    private static bool CanKeep(NpgsqlConnection connection) =>
        new NpgsqlConnectionStringBuilder(connection.ConnectionString) is { Pooling: true, Multiplexing: false };

    private bool Note(NpgsqlConnection connection, object? pid)
    {
        var isAllowed = pid is int id && id == connection.ProcessID;
        _hasPrepared |= isAllowed;

        // Another may have found meanwhile that it is not.
        return _allowed.GetOrAdd(connection.ConnectionString, isAllowed);
    }
}
