using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// The table of <see cref="SlotRecord"/>s, beside the outbox tables; made by set-up, as it is none of EF Core's. What is written
/// is on the server's disk then, whatever the database's <c>synchronous_commit</c>, as the slot's own position may be there
/// right after. It does not wait for standbys: the reader itself may be taken for one, and a promoted server shows by its
/// timeline.
/// </summary>
internal sealed class SlotRecords(string connectionString, string? schema, string outboxTable, string slot)
{
    private readonly string _table =
        $"{(schema is null ? "" : $"{Quote(schema)}.")}{Quote($"{outboxTable}_slots")}";

    /// <summary>The statements that make the table.</summary>
    public string Create =>
        $"CREATE TABLE IF NOT EXISTS {_table} (slot text PRIMARY KEY, system text NOT NULL, timeline bigint NOT NULL, " +
        $"position pg_lsn NOT NULL, possible_loss text); ALTER TABLE {_table} ADD COLUMN IF NOT EXISTS publication text, " +
        "ADD COLUMN IF NOT EXISTS seen_at timestamptz";

    public Task<bool> ExistAsync(CancellationToken cancellationToken) => RunAsync(
        "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'seen_at')",
        async command => (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!,
        cancellationToken,
        Of(_table));

    public Task<SlotRecord?> ReadAsync(CancellationToken cancellationToken) => RunAsync(
        $"SELECT system, timeline, position, possible_loss FROM {_table} WHERE slot = $1",
        async command =>
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? RecordOf(reader) : null;
        },
        cancellationToken,
        Of(slot));

    public Task SaveAsync(SlotRecord record, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        INSERT INTO {_table} (slot, system, timeline, position, possible_loss) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (slot) DO UPDATE SET system = $2, timeline = $3, position = $4, possible_loss = $5
        """,
        cancellationToken,
        Of(slot),
        Of(record.System),
        Of(record.Timeline),
        At(record.Position),
        new NpgsqlParameter { Value = (object?)record.PossibleLoss ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    /// <summary>
    /// Keeps a position, and when the publication was last seen to be as it is kept; a reader that was cut off and is late
    /// moves neither back.
    /// </summary>
    public Task KeepAsync(
        NpgsqlLogSequenceNumber position, DateTimeOffset? seenAt, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        UPDATE {_table} SET position = greatest(position, $2), seen_at = greatest(seen_at, $3)
        WHERE slot = $1
        """,
        cancellationToken,
        Of(slot),
        At(position),
        At(seenAt));

    /// <summary>What was last seen of the publication by any process, and when; or <see langword="null"/>.</summary>
    public Task<(LogPublication State, DateTimeOffset At)?> ReadSeenAsync(CancellationToken cancellationToken) =>
        RunAsync<(LogPublication, DateTimeOffset)?>(
            $"SELECT publication, seen_at FROM {_table} WHERE slot = $1 AND publication IS NOT NULL AND seen_at IS NOT NULL",
            async command =>
            {
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using var closing = reader.ConfigureAwait(false);
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                    ? (JsonSerializer.Deserialize<LogPublication>(reader.GetString(0))!, reader.GetFieldValue<DateTimeOffset>(1))
                    : null;
            },
            cancellationToken,
            Of(slot));

    /// <summary>Keeps what was seen of the publication. Returns whether there is a record to keep it in.</summary>
    public async Task<bool> KeepSeenAsync(LogPublication state, DateTimeOffset at, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            $"UPDATE {_table} SET publication = $2, seen_at = $3 WHERE slot = $1",
            cancellationToken,
            Of(slot),
            Of(JsonSerializer.Serialize(state)),
            At(at)).ConfigureAwait(false) > 0;

    /// <summary>Adds a possible loss to what is known of others.</summary>
    public Task ReportAsync(string loss, CancellationToken cancellationToken) => ExecuteAsync(
        $"UPDATE {_table} SET possible_loss = concat_ws('; ', possible_loss, $2) WHERE slot = $1",
        cancellationToken,
        Of(slot),
        Of(loss));

    /// <summary>Says that somebody has seen to a possible loss.</summary>
    public Task AcknowledgeAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $"UPDATE {_table} SET possible_loss = NULL WHERE slot = $1", cancellationToken, Of(slot));

    /// <summary>Takes the record away, as nobody keeps it from now on.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $"DELETE FROM {_table} WHERE slot = $1", cancellationToken, Of(slot));

    private static SlotRecord RecordOf(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.GetFieldValue<NpgsqlLogSequenceNumber>(2),
        row.IsDBNull(3) ? null : row.GetString(3));

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter<NpgsqlLogSequenceNumber> At(NpgsqlLogSequenceNumber position) =>
        new() { TypedValue = position, NpgsqlDbType = NpgsqlDbType.PgLsn };

    private static NpgsqlParameter At(DateTimeOffset? time) =>
        new() { Value = (object?)time?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task<int> ExecuteAsync(
        string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var connection = new NpgsqlConnection(connectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

        // A batch is one transaction.
        var batch = new NpgsqlBatch(connection);
        await using var ending = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("SELECT set_config('synchronous_commit', 'local', true)"));
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
        return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> RunAsync<T>(
        string sql,
        Func<NpgsqlCommand, Task<T>> run,
        CancellationToken cancellationToken,
        params NpgsqlParameter[] parameters)
    {
        var connection = new NpgsqlConnection(connectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return await run(command).ConfigureAwait(false);
    }
}
