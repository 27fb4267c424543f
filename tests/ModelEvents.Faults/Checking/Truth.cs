using Npgsql;

namespace ModelEvents.Faults.Checking;

/// <summary>
/// One event that must have come, from what the database's triggers told at a commit. <c>No</c> grows per entity in the order
/// of the commits, <c>At</c> is in seconds since 1970, and <c>Body</c> is the row as it was stored: null where owned rows or
/// links alone were written.
/// </summary>
internal sealed record Truth(
    string Key, string Entity, string Action, long Mark, long No, long Xid, double At, string? Body)
{
    private const string Rows =
        "SELECT entity, action, part, mark, no, xid, extract(epoch FROM at)::float8, body::text FROM truth ORDER BY no";

    public static async Task<IReadOnlyDictionary<string, Truth>> ReadAsync(
        string connectionString, string mode, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(Rows);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var truths = new Dictionary<string, Truth>();
        var parts = new List<Truth>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var truth = Read(reader);
            if (reader.GetString(2) is "row" or "own")
                truths.Add(truth.Key, truth);
            else
                parts.Add(truth);
        }

        foreach (var part in parts)
            AddPart(truths, part, mode);
        return truths;
    }

    private static Truth Read(NpgsqlDataReader reader)
    {
        var (entity, action, mark) = (reader.GetString(0), reader.GetString(1), reader.GetInt64(3));
        return new Truth(
            TruthKey.Of(entity, action, "mark", mark),
            entity,
            action,
            mark,
            reader.GetInt64(4),
            reader.GetInt64(5),
            reader.GetDouble(6),
            reader.IsDBNull(7) ? null : reader.GetString(7));
    }

    /// <summary>
    /// Owned rows and links are told with the owner's row if the same save wrote it, else by an event of their own. The log has
    /// no saves: there the event says the transaction.
    /// </summary>
    private static void AddPart(Dictionary<string, Truth> truths, Truth part, string mode)
    {
        if (truths.TryGetValue(part.Key, out var row) && row.Body is not null
            || truths.ContainsKey(TruthKey.Of(part.Entity, "created", "mark", part.Mark)))
        {
            return;
        }

        var key = mode == "log" ? TruthKey.Of(part.Entity, "updated", "xid", part.Xid & uint.MaxValue) : part.Key;
        truths.TryAdd(key, part with { Key = key });
    }
}
