using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Lets the process that reads a slot know that this one would: by a lock that those share who stand by, on a connection of its
/// own while it does.
/// </summary>
internal sealed class WalStandby(WalSlot slot) : IAsyncDisposable
{
    private const string Await = "SELECT pg_advisory_lock_shared(hashtextextended($1, 2))";

    private const string Look =
        """
        SELECT EXISTS (
            SELECT FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND objsubid = 1
                AND (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 2)
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
        """;

    private NpgsqlConnection? _connection;

    /// <summary>Lets it know, unless it does.</summary>
    public async Task AwaitAsync(CancellationToken cancellationToken)
    {
        if (_connection is { State: System.Data.ConnectionState.Open })
            return;

        await EndAsync().ConfigureAwait(false);
        _connection = new NpgsqlConnection(WalHosts.Patient(slot.ConnectionString));
        await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = Command(Await, _connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether any process stands by and is to read.</summary>
    public async Task<bool> IsAnyAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(slot.ConnectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var look = Command(Look, connection);
        return await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    /// <summary>Stands by no more.</summary>
    public async Task EndAsync()
    {
        if (_connection is { } connection)
            await connection.DisposeAsync().ConfigureAwait(false);
        _connection = null;
    }

    public async ValueTask DisposeAsync() => await EndAsync().ConfigureAwait(false);

    private NpgsqlCommand Command(string sql, NpgsqlConnection connection) => new(sql, connection)
    {
        Parameters = { new NpgsqlParameter<string> { TypedValue = slot.Name } },
    };
}
