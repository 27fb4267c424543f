using Microsoft.Extensions.Logging;
using ModelEvents.LogCapture;
using Npgsql;
using Npgsql.Replication.PgOutput;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// A context's replication slot: whoever reads from it is the only one, and it keeps the log from the confirmed position on.
/// </summary>
internal sealed class WalSlot(
    WalNames names, string connectionString, WalOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>The output plugin, which comes with the server.</summary>
    public const string Plugin = "pgoutput";

    private const string Look =
        """
        SELECT current_setting('wal_level'),
            (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user) OR EXISTS (
                SELECT FROM pg_roles WHERE rolname = 'rds_replication' AND pg_has_role(current_user, oid, 'MEMBER')),
            publication.oid IS NOT NULL,
            pg_current_wal_flush_lsn(),
            coalesce(slot.plugin, slot.slot_type), slot.wal_status, slot.active_pid, slot.confirmed_flush_lsn,
            pg_wal_lsn_diff(pg_current_wal_lsn(), slot.restart_lsn)::bigint,
            obj_description(publication.oid, 'pg_publication'),
            pg_backend_pid()
        FROM (SELECT) AS server
        LEFT JOIN pg_replication_slots AS slot ON slot_name = $1
        LEFT JOIN pg_publication AS publication ON pubname = $2
        """;

    // With as many parameters as the server's version gives it.
    private const string LookAtRights =
        "SELECT bool_or(has_function_privilege('public', oid, 'EXECUTE')) FROM pg_proc WHERE proname = 'pg_logical_emit_message'";

    private const string MoveOn = "SELECT end_lsn FROM pg_replication_slot_advance($1, $2)";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly string _database = new NpgsqlConnectionStringBuilder(connectionString).Database ?? "";
    private bool _mayNotClaim;

    /// <summary>What marks the messages of the context, and the name of its publication.</summary>
    public string Prefix => names.Prefix;

    public string Name => names.SlotIn(_database);

    /// <summary>Of several hosts it reaches the one that can be written to, which has the slot.</summary>
    public string ConnectionString { get; } = WalHosts.ToPrimary(connectionString);

    /// <summary>Whether this process is to read: only that takes a role that may replicate.</summary>
    public required bool IsToBeRead { get; init; }

    /// <summary>The server's types, as connections that read the slot know them.</summary>
    public ServerTypes Types { get; init; } = new();

    /// <summary>Whose the slot and its publication are.</summary>
    public required WalOwner Owner { get; init; }

    /// <summary>What of the slot cannot be read.</summary>
    public WalGap Gap { get; init; } = new(time);

    /// <summary>Whether what is missing for capture from the log is made wherever it is missed.</summary>
    public bool SetsUp => options.SetUp;

    /// <summary>Whether set-up lets the log have whole rows before updates and deletes.</summary>
    public bool WholeRows => options.WholeRows;

    /// <summary>
    /// Version 1: a transaction comes when it is committed. A large one waits on the server's disk until then, and not in
    /// this process.
    /// </summary>
    public PgOutputReplicationOptions StreamOptions { get; } =
        new(names.Prefix, PgOutputProtocolVersion.V1, binary: true, messages: true);

    /// <summary>The query for the process on the server that sends a slot's log to whoever reads it.</summary>
    public static string ReaderQuery(string slot) =>
        $"SELECT active_pid FROM pg_replication_slots WHERE slot_name = '{slot}' AND active_pid IS NOT NULL";

    /// <summary>Asks the server.</summary>
    public async Task<WalSlotState> LookAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = new NpgsqlCommand(Look, connection) { Parameters = { Text(Name), Text(Prefix) } };
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var state = WalSlotReading.Read(reader, connection.ProcessID);
        Gap.Look(state);
        return state;
    }

    /// <summary>Whether any login of the database may write messages into the log.</summary>
    public async Task<bool> IsOpenToAllAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = new NpgsqlCommand(LookAtRights, connection);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    /// <summary>Makes sure that the slot is there and can be read; returns what the server says of it.</summary>
    /// <exception cref="InvalidOperationException">It cannot, for a reason that does not pass.</exception>
    public async Task<WalSlotState> EnsureAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await LookAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfUnfit(state);

            if (state is { IsReady: true, HasPublication: true })
            {
                await ClaimAsync(state, cancellationToken).ConfigureAwait(false);
                return state;
            }

            if (state is { Exists: true, IsReady: false })
                await Task.Delay(LookInterval, time, cancellationToken).ConfigureAwait(false);
            else if (options.CreateSlot)
                await new WalSlotCreation(this, time, logger).RunAsync(setup: null, cancellationToken).ConfigureAwait(false);
            else
                throw state.Exists ? WalSlotErrors.Unpublished(names) : WalSlotErrors.Missing(names, _database);
        }
    }

    /// <summary>
    /// Moves the slot past what cannot be read, if it is still before that, to where the log ended when the publication was first
    /// seen again, and reports what may be lost so. Where another process reads by now, it does the same.
    /// </summary>
    public async Task MoveOnAsync(WalSlotState state, KeptPosition? kept, CancellationToken cancellationToken)
    {
        if (Gap.WayPast(state) is not (var foundAt, var end))
        {
            Gap.Pass();
            return;
        }

        // Before: where the answer is lost the slot has moved all the same.
        var loss = $"The publication '{Prefix}' was dropped and made again: what was committed from {state.Confirmed}, where the "
            + $"reader stopped at {foundAt:u}, to {end}, where it was seen again by {time.GetUtcNow():u}, cannot be read";
        Log.PossibleLoss(logger, Name, loss);
        var connection = new NpgsqlConnection(WalHosts.Patient(ConnectionString));
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = new NpgsqlCommand(MoveOn, connection)
        {
            Parameters = { Text(Name), new NpgsqlParameter { Value = end, NpgsqlDbType = NpgsqlDbType.PgLsn } },
        };
        try
        {
            var to = (NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            if (kept is not null)
                await kept.ReportAsync(loss, to, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            // What that leaves is to be read.
        }

        Gap.Pass();
    }

    /// <summary>Makes the slot, and all that capture from the log needs.</summary>
    /// <exception cref="InvalidOperationException">It cannot, for a reason that does not pass.</exception>
    public async Task SetUpAsync(LogSetup setup, CancellationToken cancellationToken)
    {
        ThrowIfUnfit(await LookAsync(cancellationToken).ConfigureAwait(false));
        await new WalSlotCreation(this, time, logger).RunAsync(setup, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks what the publication has of <paramref name="tables"/>.</summary>
    public async Task<LogPublication> ReadPublicationAsync(
        IReadOnlyCollection<WantedTable> tables, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await LogPublication.ReadAsync(connection, Prefix, tables, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Throws where events are not kept.</summary>
    public void ThrowUnlessReady(WalSlotState state)
    {
        ThrowIfUnfit(state);

        if (!state.IsReady)
            throw state.Exists ? WalSlotErrors.InTheMaking(Name) : WalSlotErrors.Missing(names, _database);

        if (!state.HasPublication)
            throw WalSlotErrors.Unpublished(names);
    }

    /// <summary>Notes whose the publication is where that is not known yet, as far as the role may.</summary>
    private async Task ClaimAsync(WalSlotState state, CancellationToken cancellationToken)
    {
        if (_mayNotClaim || !Owner.IsToBeNoted(state.Owner))
            return;

        var connection = new NpgsqlConnection(ConnectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = new NpgsqlCommand(Owner.Note(Prefix), connection);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // Set-up does so, as the role that made the publication. Those who stand by come here every few seconds.
            _mayNotClaim = true;
        }
    }

    /// <summary>Throws where nothing can be read, for a reason that does not pass.</summary>
    private void ThrowIfUnfit(WalSlotState state)
    {
        if (state.WalLevel != "logical")
            throw new InvalidOperationException(
                $"The server's 'wal_level' is '{state.WalLevel}', where delivery from the log needs 'logical'. " +
                "Set it in postgresql.conf and restart the server, or use 'Delivery: Outbox'.");

        if (IsToBeRead && !state.MayReplicate)
            throw WalSlotErrors.MayNotReplicate(Name);

        if (IsToBeRead && state.IsPooled)
            throw WalSlotErrors.Pooled(Name);

        if (state is { Exists: true, Plugin: not Plugin })
            throw new InvalidOperationException(
                $"The replication slot '{Name}' has the plugin '{state.Plugin}' instead of '{Plugin}': it is not ours. " +
                "Choose another name with 'ModelEvents:Wal:Slot'.");

        if (!Owner.MayUse(state.Owner))
            throw WalSlotErrors.OfAnother(names, state.Owner!, Owner);

        if (state.IsLost)
            throw WalSlotErrors.Lost(Name, state.Confirmed);
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
