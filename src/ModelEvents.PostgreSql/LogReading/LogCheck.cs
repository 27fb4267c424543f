namespace ModelEvents.Outbox;

/// <summary>Finds what the database lacks for capture from the log, to be told all at once.</summary>
internal static class LogCheck
{
    private const string SetUp =
        "Call 'IModelEventLog.SetUpAsync' after the migrations, set 'ModelEvents:Wal:SetUp' in development, or run";

    /// <summary>What would lose changes, hide a loss, or stop the user's writes.</summary>
    public static IEnumerable<string> FindMistakes(
        string publication, LogPublication state, string? createRecords)
    {
        if (createRecords is not null)
            yield return $"The table for the position of '{publication}' does not exist: a slot that was dropped and made "
                + $"again would go unnoticed. {SetUp} \"{createRecords}\".";

        foreach (var table in state.Tables)
        {
            foreach (var (part, columns) in table.Lacking)
                yield return $"The replica identity of '{table}' lacks {columns}, which tells its rows apart: the log would not say "
                    + $"what was deleted. {SetUp} \"ALTER TABLE {part} REPLICA IDENTITY FULL\".";

            if (!table.Exists)
                yield return Missing(table);
            else if (!table.IsPublished)
                yield return $"The table '{table}' is not in the publication '{publication}': its changes would be missed. "
                    + $"{SetUp} \"ALTER PUBLICATION {publication} ADD TABLE {table.Sql}\".";
            else if (table.IsFiltered)
                yield return $"The publication '{publication}' leaves out rows or columns of the table '{table}': their changes "
                    + $"would be missed. {SetUp} \"ALTER PUBLICATION {publication} DROP TABLE {table.Sql}; "
                    + $"ALTER PUBLICATION {publication} ADD TABLE {table.Sql}\".";
            else if (!table.CanChange)
                yield return $"The table '{table}' has neither a primary key nor a replica identity: the server refuses its "
                    + $"updates and deletes. {SetUp} \"ALTER TABLE {table.Sql} REPLICA IDENTITY FULL\".";
        }

        if (state.Tables.Count > 0 && !state.IsWhole)
            yield return $"The publication '{publication}' does not have all changes, with partitions as parts of their table. "
                + $"{SetUp} \"ALTER PUBLICATION {publication} SET (publish = 'insert, update, delete, truncate', "
                + "publish_via_partition_root = true)\".";
    }

    public static string Missing(LoggedTable table) =>
        $"The table '{table}' does not exist, though a listed model is captured from its log. Run the migrations first.";

    /// <exception cref="InvalidOperationException">There are mistakes.</exception>
    public static void ThrowIfAny(IEnumerable<string> mistakes)
    {
        var all = mistakes.ToList();
        if (all.Count > 0)
            throw new InvalidOperationException(string.Join(Environment.NewLine, all));
    }
}
