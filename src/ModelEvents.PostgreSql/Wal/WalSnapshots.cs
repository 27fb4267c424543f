using Microsoft.Extensions.Logging;
using ModelEvents.Diagnostics;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>Takes snapshots of the database whose log is read, on a connection that is kept while they follow each other.</summary>
internal sealed class WalSnapshots(WalSlot slot, string packs, HealthConditions health, ILogger logger) : IAsyncDisposable
{
    private const string MayRead = "SELECT has_table_privilege(to_regclass($1), 'SELECT')";

    private const string OrMayBe =
        """
        OR state IS NOT NULL AND flush_lsn IS NULL AND current_setting('synchronous_standby_names') <> '' AND NOT EXISTS (
            SELECT FROM pg_stat_replication WHERE coalesce(sync_state, 'sync') IN ('sync', 'quorum'))
        """;

    private readonly string _condition = $"awaited:{slot.Name}";
    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _take;
    private bool? _mayRead;

    /// <summary>The server's process that sends the log, or 0 once that has met a gap and nobody does.</summary>
    public int Sender { get; set; }

    /// <summary>What follows a SELECT that is to return a row where commits wait for a process that sends the log.</summary>
    /// <param name="sender">The process, as SQL.</param>
    /// <param name="orMayBe">
    /// Also where they may do so once its reader has confirmed something, and for no other that is there.
    /// </param>
    /// <remarks>
    /// A quorum awaits this reader where there are too few others. The state of others may be hidden from the role.
    /// </remarks>
    public static string WhereAwaited(string sender, bool orMayBe) =>
        $"""
        FROM pg_stat_replication WHERE pid = {sender} AND (sync_state = 'sync' OR sync_state = 'quorum' AND
            substring(current_setting('synchronous_standby_names') FROM '(?i)any +([0-9]+)')::int >
                (SELECT count(*) FROM pg_stat_replication
                WHERE coalesce(sync_state, 'quorum') = 'quorum' AND pid <> {sender})
            {(orMayBe ? OrMayBe : "")})
        """;

    /// <summary>Takes one. A connection that was lost meanwhile is replaced once.</summary>
    /// <returns>The snapshot, and whether it shows packs where that can be told.</returns>
    public async Task<(WalSnapshot Snapshot, bool? HasPacks)> TakeAsync(CancellationToken cancellationToken)
    {
        if (_take is null)
            return await TakeFirstAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            return await RunAsync(_take, isFirst: false, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            await CloseAsync().ConfigureAwait(false);
            return await TakeFirstAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Throws where commits wait for the reader of the log, which waits for them.</summary>
    public async Task ThrowIfAwaitedAsync(CancellationToken cancellationToken)
    {
        if (!await IsAwaitedAsync(_connection!, Sender, orMayBe: false, cancellationToken).ConfigureAwait(false))
            return;

        var awaited = WalSlotErrors.Awaited(slot.Name);
        if (health.Begin(_condition, HealthConditionKind.Fails, awaited.Message))
            Log.ReaderIsAwaited(logger, awaited.Message);
        throw awaited;
    }

    /// <summary>Says that commits do not wait for the reader any more, if so; asks only where it was told that they do.</summary>
    /// <param name="sender">The server's process that sends the log to this reader, or to another one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task EndUnlessAwaitedAsync(int sender, CancellationToken cancellationToken)
    {
        if (!health.Has(_condition))
            return;

        var connection = new NpgsqlConnection(slot.ConnectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!await IsAwaitedAsync(connection, sender, orMayBe: true, cancellationToken).ConfigureAwait(false))
            health.End(_condition);
    }

    /// <summary>Gives the connection back, until the next one is taken.</summary>
    public async Task CloseAsync()
    {
        if (_connection is not { } connection)
            return;

        _take?.Dispose();
        (_connection, _take) = (null, null);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private static async Task<bool> IsAwaitedAsync(
        NpgsqlConnection connection, int sender, bool orMayBe, CancellationToken cancellationToken)
    {
        using var look = new NpgsqlCommand($"SELECT true {WhereAwaited("$1", orMayBe)}", connection);
        look.Parameters.Add(new NpgsqlParameter<int> { TypedValue = sender });
        return await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    private async Task<(WalSnapshot, bool?)> TakeFirstAsync(CancellationToken cancellationToken)
    {
        await CloseAsync().ConfigureAwait(false);
        _connection = new NpgsqlConnection(slot.ConnectionString);
        await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        _mayRead ??= await MayReadAsync(_connection, cancellationToken).ConfigureAwait(false);
        var take = $"SELECT pg_current_snapshot()::text, {(_mayRead.Value ? $"EXISTS (SELECT FROM {packs})" : "NULL::bool")}";

        // Once for each connection, to make sure that it is that server: what another has committed under a number is
        // something else.
        using var first = new NpgsqlCommand(
            $"{take}, (SELECT coalesce(active_pid, 0) FROM pg_replication_slots WHERE slot_name = $1)", _connection);
        first.Parameters.Add(new NpgsqlParameter<string> { TypedValue = slot.Name });
        var taken = await RunAsync(first, isFirst: true, cancellationToken).ConfigureAwait(false);
        _take = new NpgsqlCommand(take, _connection);
        await _take.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return taken;
    }

    private async Task<bool> MayReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var look = new NpgsqlCommand(MayRead, connection);
        look.Parameters.Add(new NpgsqlParameter<string> { TypedValue = packs });
        return await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    private async Task<(WalSnapshot, bool?)> RunAsync(NpgsqlCommand take, bool isFirst, CancellationToken cancellationToken)
    {
        var reader = await take.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (isFirst && (reader.IsDBNull(2) || reader.GetInt32(2) != Sender))
            throw new InvalidOperationException(
                $"The replication slot '{slot.Name}' is not read by this process any more, or another server answers.");

        return (WalSnapshot.Parse(reader.GetString(0)), reader.IsDBNull(1) ? null : reader.GetBoolean(1));
    }
}
