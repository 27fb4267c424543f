namespace ModelEvents.Outbox;

/// <summary>Tells, from two looks at a publication, whose changes may have been missed between them.</summary>
internal static class LogLosses
{
    public static IEnumerable<string> Between(LogPublication before, LogPublication now)
    {
        if (before.IsWhole && !now.IsWhole)
            yield return "Changes of some kinds are missed: the publication was altered, and does not have all of them";

        var tables = now.Tables.ToDictionary(table => table.ToString());
        foreach (var was in before.Tables)
        {
            if (tables.TryGetValue(was.ToString(), out var table) && OfTable(was, table) is { } loss)
                yield return loss;
        }
    }

    private static string? OfTable(LoggedTable was, LoggedTable now)
    {
        if (!was.IsSeen)
            return now.IsSeen ? $"Changes of '{now}' were missed up to now" : null;

        if (!now.Exists)
            return $"Changes of '{now}' are missed: the table was dropped or renamed";

        if (!now.IsPublished)
            return $"Changes of '{now}' are missed: the table "
                + (was.Oid == now.Oid ? "was taken out of the publication" : "was dropped and made again");

        if (now.IsFiltered)
            return $"Changes of '{now}' are missed: the publication leaves out some of its rows or columns";

        return was.Oid == now.Oid ? null : $"Changes of '{now}' were missed: the table was dropped and made again";
    }
}
