using ModelEvents.LogCapture;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Brings a context's publication and the replica identity of its tables to what the model list wants, in one transaction.
/// </summary>
internal sealed class LogSetup(
    WalSlot slot, IReadOnlyCollection<WantedTable> tables, SlotRecords records)
{
    /// <summary>Changes what is not yet as it should be.</summary>
    /// <exception cref="InvalidOperationException">A table does not exist, or the role may not change what it must.</exception>
    public async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var state = await LogPublication.ReadAsync(connection, slot.Prefix, tables, cancellationToken).ConfigureAwait(false);
        LogCheck.ThrowIfAny(state.Tables.Where(table => !table.Exists).Select(LogCheck.Missing));
        var statements = StatementsFor(state).ToList();
        if (tables.Count > 0 && !await records.ExistAsync(cancellationToken).ConfigureAwait(false))
            statements.Insert(0, records.Create);

        if (statements.Count == 0)
            return;

        try
        {
            var sql = string.Join(";\n", statements);
            using var command = new NpgsqlCommand($"BEGIN;\n{sql};\nCOMMIT", connection);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException(
                $"The role of the connection may not set up capture from the log: {refused.MessageText}. Run as one that " +
                $"owns the tables and the publication: \"{string.Join("; ", statements)}\".",
                refused);
        }
    }

    /// <summary>
    /// Tables are locked before they are added, so that a transaction has all of its rows of a table in the publication, or
    /// none. In the order of their names, as by every other process that does the same.
    /// </summary>
    private IEnumerable<string> StatementsFor(LogPublication state)
    {
        if (!state.IsWhole)
            yield return $"ALTER PUBLICATION {slot.Prefix} SET " +
                "(publish = 'insert, update, delete, truncate', publish_via_partition_root = true)";

        foreach (var table in state.Tables)
        {
            if (!table.IsPublished || table.IsFiltered)
                yield return $"LOCK TABLE {table.Sql} IN SHARE ROW EXCLUSIVE MODE";

            foreach (var part in slot.WholeRows ? table.NotFull : table.Lacking.Select(lacking => lacking.Part))
                yield return $"ALTER TABLE {part} REPLICA IDENTITY FULL";

            if (table.IsFiltered)
                yield return $"ALTER PUBLICATION {slot.Prefix} DROP TABLE {table.Sql}";

            if (!table.IsPublished || table.IsFiltered)
                yield return $"ALTER PUBLICATION {slot.Prefix} ADD TABLE {table.Sql}";
        }

        foreach (var other in state.Others)
            yield return $"ALTER PUBLICATION {slot.Prefix} DROP TABLE {other}";
    }
}
