using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Bodies;

namespace ModelEvents.Capture;

/// <summary>Knows which saves are a single statement to the database, so that it can write their event too.</summary>
internal static class OwnCommand
{
    /// <summary>How EF Core ends each of its statements, whose values are all parameters.</summary>
    public static readonly string StatementEnd = ";" + Environment.NewLine;

    /// <summary>
    /// The column that a statement returns which writes an event by returning it. Where it is the only one, the result is
    /// not for EF Core.
    /// </summary>
    public const string EventColumn = "me_event";

    /// <summary>
    /// Whether the save is one statement that changes one row and can write its event itself. EF Core then needs no
    /// transaction; it begins one after all where an interceptor makes the save larger.
    /// </summary>
    public static bool IsOneStatement(DbContext context, CapturedModels models) =>
        context.Database.AutoTransactionBehavior != AutoTransactionBehavior.Always
        && TheOnly(TrackedEntries.Changed(context)) is { SharedIdentityEntry: null } entry
        && models.Find(entry.EntityType) is { IsOneRow: true } model
        && !models.IsPart(entry.EntityType)
        && IsKnown(model, entry);

    /// <summary>What the database generates for <paramref name="change"/>, if anything.</summary>
    public static PendingValues? PendingOf(Change change)
    {
        if (change.Action == ChangeAction.Deleted)
            return null;

        List<IProperty>? pending = null;
        foreach (var (property, _) in change.Model.Generated)
        {
            if (change.Entry.IsStoreGenerated(property))
                (pending ??= []).Add(property);
        }

        return pending is null
            ? null
            : new PendingValues(pending, change.Entry.EntityType.GetTableMappings().Single().Table);
    }

    /// <summary>
    /// Whether <paramref name="reader"/> is at a result that EF Core does not expect. It counts the written rows once the
    /// result is read past.
    /// </summary>
    public static bool SkipsResult(DbDataReader reader) => reader.FieldCount == 1 && reader.GetName(0) == EventColumn;

    /// <summary>The text of EF Core's only statement, without its end, and what follows.</summary>
    public static (string Statement, string Comment) Split(string command)
    {
        // Another interceptor may have added a comment to the end.
        var end = command.LastIndexOf(StatementEnd, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new InvalidOperationException(
                "An interceptor has replaced the statement of a save by one that does not end as EF Core's do, so that the "
                + "event cannot be added to it. Add that interceptor after 'Capture', or set "
                + "'Database.AutoTransactionBehavior' to 'Always'.");
        }

        return (command[..end], command[(end + StatementEnd.Length)..]);
    }

    private static bool IsKnown(CapturedModel model, IUpdateEntry entry)
    {
        if (entry.EntityState == EntityState.Deleted)
            return true;

        foreach (var (property, canWait) in model.Generated)
        {
            if (!canWait && entry.IsStoreGenerated(property))
                return false;
        }

        return true;
    }

    private static IUpdateEntry? TheOnly(IEnumerable<IUpdateEntry> entries)
    {
        IUpdateEntry? only = null;
        foreach (var entry in entries)
        {
            if (only is not null)
                return null;

            only = entry;
        }

        return only;
    }
}
