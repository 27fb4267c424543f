using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;

namespace ModelEvents.Outbox;

/// <summary>
/// A context's replication slot: whoever reads from it is the only one, and it keeps the log from the confirmed position on.
/// </summary>
internal sealed class WalSlot(WalNames names, string connectionString, WalOptions options, ILogger logger)
{
    private const string Plugin = "pgoutput";

    private const string Look =
        """
        SELECT current_setting('wal_level'),
            (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user),
            EXISTS (SELECT FROM pg_publication WHERE pubname = $2),
            pg_current_wal_flush_lsn(),
            slot.plugin, slot.wal_status, slot.active_pid, slot.confirmed_flush_lsn,
            pg_wal_lsn_diff(pg_current_wal_lsn(), slot.restart_lsn)::bigint
        FROM (SELECT) AS server LEFT JOIN pg_replication_slots AS slot ON slot_name = $1
        """;

    private readonly string _publication = names.Prefix;
    private readonly string _database = new NpgsqlConnectionStringBuilder(connectionString).Database ?? "";

    /// <summary>What marks the messages of the context.</summary>
    public string Prefix => names.Prefix;

    public string Name => names.SlotIn(_database);

    public string ConnectionString => connectionString;

    public PgOutputReplicationOptions StreamOptions { get; } =
        new(names.Prefix, PgOutputProtocolVersion.V1, messages: true);

    /// <summary>Asks the server.</summary>
    public async Task<WalSlotState> LookAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = new NpgsqlCommand(Look, connection) { Parameters = { Text(Name), Text(_publication) } };
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return WalSlotReading.Read(reader);
    }

    /// <summary>Makes sure that the slot is there and can be read; returns what the server says of it.</summary>
    /// <exception cref="InvalidOperationException">It cannot, for a reason that does not pass.</exception>
    public async Task<WalSlotState> EnsureAsync(CancellationToken cancellationToken)
    {
        var state = await LookAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfUnfit(state);

        if (state.Exists)
            return state;

        if (!options.CreateSlot)
            throw Missing(names, _database);

        if (state.HasPublication)
            Log.SlotMissing(logger, Name);

        await CreateAsync(state, cancellationToken).ConfigureAwait(false);
        return await LookAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is wrong where the slot is missing and is not to be created.</summary>
    public static InvalidOperationException Missing(WalNames names, string database) => new(
        $"The replication slot '{names.SlotIn(database)}' does not exist: events would be lost. Start a process that " +
        $"dispatches, with 'ModelEvents:Wal:CreateSlot' on, or run \"CREATE PUBLICATION {names.Prefix}\" and then " +
        $"\"SELECT pg_create_logical_replication_slot('{names.SlotIn(database)}', '{Plugin}')\".");

    /// <summary>Throws where nothing can be read, for a reason that does not pass.</summary>
    public void ThrowIfUnfit(WalSlotState state)
    {
        if (state.WalLevel != "logical")
            throw new InvalidOperationException(
                $"The server's 'wal_level' is '{state.WalLevel}', where delivery from the log needs 'logical'. " +
                "Set it in postgresql.conf and restart the server, or use 'Delivery: Outbox'.");

        if (!state.MayReplicate)
            throw new InvalidOperationException(
                $"The role of the connection to '{Name}' may not replicate. Run \"ALTER ROLE ... REPLICATION\", or name " +
                "another role in 'ModelEvents:Wal:ConnectionString'.");

        if (state is { Exists: true, Plugin: not Plugin })
            throw new InvalidOperationException(
                $"The replication slot '{Name}' has the plugin '{state.Plugin}' instead of '{Plugin}': it is not ours. " +
                "Choose another name with 'ModelEvents:Wal:Slot'.");

        if (state.IsLost)
            throw new InvalidOperationException(
                $"The replication slot '{Name}' is lost: the server deleted log that it needed ('max_slot_wal_keep_size') " +
                $"and with it, possibly, events after {state.Confirmed}. Publish those again by hand, then run \"SELECT pg_drop_replication_slot('{Name}')\" to go on with a new slot.");
    }

    private async Task CreateAsync(WalSlotState state, CancellationToken cancellationToken)
    {
        // The publication first: a slot must not meet changes from before it. It is empty, as messages need no table.
        if (!state.HasPublication)
            await CreatePublicationAsync(cancellationToken).ConfigureAwait(false);

        var connection = new LogicalReplicationConnection(connectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.Open(cancellationToken).ConfigureAwait(false);

        try
        {
            await connection.CreatePgOutputReplicationSlot(
                Name, slotSnapshotInitMode: LogicalSlotSnapshotInitMode.NoExport, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            Log.SlotCreated(logger, Name);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.DuplicateObject)
        {
            Log.SlotCreatedElsewhere(logger, Name);
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.ConfigurationLimitExceeded)
        {
            throw new InvalidOperationException(
                $"No replication slot is free for '{Name}'. Raise 'max_replication_slots', or drop slots that nobody reads " +
                "(pg_replication_slots shows them).",
                full);
        }
    }

    private async Task CreatePublicationAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = new NpgsqlCommand($"CREATE PUBLICATION {_publication}", connection);

        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException taken) when (taken.SqlState
            is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            Log.SlotCreatedElsewhere(logger, Name);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException(
                $"The role of the connection may not create the publication '{_publication}'. Run \"CREATE PUBLICATION " +
                $"{_publication}\" as one that may, or \"GRANT CREATE ON DATABASE\" to it.",
                refused);
        }
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
