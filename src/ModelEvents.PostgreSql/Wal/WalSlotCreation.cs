using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.Replication;

namespace ModelEvents.Outbox;

/// <summary>Makes a slot and its publication, in one process at a time.</summary>
internal sealed class WalSlotCreation(WalSlot slot, TimeProvider time, ILogger logger)
{
    private const string OldestTransaction =
        """
        SELECT format('the process %s of the server (''%s'', database ''%s''), in a transaction since %s',
            pid, application_name, datname, xact_start)
        FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
        ORDER BY xact_start
        LIMIT 1
        """;

    private static readonly TimeSpan TellAfter = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Makes what is missing, and what capture from the log needs if asked for. The server waits until the transactions are
    /// over that are open now, in whatever database of it, which is told while it does.
    /// </summary>
    public async Task RunAsync(LogSetup? setup, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(WalHosts.Patient(slot.ConnectionString));
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

        // A publication without a slot means that the slot is gone, and not that another process is about to make it.
        using var turn = new NpgsqlCommand("SELECT pg_advisory_lock(hashtextextended($1, 0))", connection);
        turn.Parameters.Add(new NpgsqlParameter<string> { TypedValue = slot.Name });
        await turn.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        var state = await slot.LookAsync(cancellationToken).ConfigureAwait(false);

        if (state is { Exists: true, HasPublication: true } && setup is null)
            return;

        // The publication first: a slot must not meet changes from before it. It is empty, as messages need no table.
        if (!state.HasPublication)
            await CreatePublicationAsync(connection, cancellationToken).ConfigureAwait(false);

        if (setup is not null)
            await setup.RunAsync(connection, cancellationToken).ConfigureAwait(false);

        if (state.Exists)
            return;

        if (state.HasPublication && !WalOwner.IsSlotNotMade(state.Owner))
            Log.SlotMissing(logger, slot.Name);

        await TellOldestAsync(CreateSlotAsync(cancellationToken), connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells at intervals what <paramref name="creation"/> waits for.</summary>
    private async Task TellOldestAsync(Task creation, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var look = new NpgsqlCommand(OldestTransaction, connection);
        while (await Task.WhenAny(creation, Task.Delay(TellAfter, time, cancellationToken)).ConfigureAwait(false) != creation
            && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is string oldest)
                    Log.SlotWaits(logger, slot.Name, oldest);
            }
            catch (NpgsqlException)
            {
                // It is only told: what creates the slot has a connection of its own, and says itself whether that is lost.
                break;
            }
        }

        await creation.ConfigureAwait(false);
    }

    private async Task CreatePublicationAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(
            $"CREATE PUBLICATION {slot.Prefix}; {slot.Owner.NoteFirst(slot.Prefix)}", connection);

        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException(
                $"The role of the connection may not create the publication '{slot.Prefix}'. Run \"CREATE PUBLICATION " +
                $"{slot.Prefix}\" as one that may, or \"GRANT CREATE ON DATABASE\" to it.",
                refused);
        }
    }

    private async Task CreateSlotAsync(CancellationToken cancellationToken)
    {
        var settings = await WalHosts.ChooseAsync(slot.ConnectionString, cancellationToken).ConfigureAwait(false);
        var connection = new LogicalReplicationConnection(WalHosts.Patient(settings.ConnectionString));
        await using var closing = connection.ConfigureAwait(false);
        await connection.Open(cancellationToken).ConfigureAwait(false);

        try
        {
            await connection.CreatePgOutputReplicationSlot(
                slot.Name, slotSnapshotInitMode: LogicalSlotSnapshotInitMode.NoExport, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            Log.SlotCreated(logger, slot.Name);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.DuplicateObject)
        {
            Log.SlotCreatedElsewhere(logger, slot.Name);
        }
        catch (PostgresException full) when (full.SqlState
            is PostgresErrorCodes.ConfigurationLimitExceeded or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            throw new InvalidOperationException(
                $"No replication slot is free for '{slot.Name}'. Raise 'max_replication_slots', or drop slots that nobody " +
                $"reads (pg_replication_slots shows them). The server says: {full.MessageText}.",
                full);
        }
    }
}
