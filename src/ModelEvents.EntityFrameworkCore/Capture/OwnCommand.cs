using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Bodies;

namespace ModelEvents.Capture;

/// <summary>Knows which saves are a single statement to the database, so that it can write their event too.</summary>
internal static class OwnCommand
{
    /// <summary>How EF Core ends each of its statements, whose values are all parameters.</summary>
    public static readonly string StatementEnd = ";" + Environment.NewLine;

    /// <summary>
    /// Whether the save is one statement that changes one row and can write its event itself. EF Core then needs no
    /// transaction; it begins one after all where an interceptor makes the save larger.
    /// </summary>
    public static bool IsOneStatement(DbContext context, CapturedModels models) =>
        context.Database.AutoTransactionBehavior == AutoTransactionBehavior.WhenNeeded
        && TheOnly(TrackedEntries.Changed(context)) is { } entry
        && models.Find(entry.EntityType) is { IsOneRow: true } model
        && !models.IsPart(entry.EntityType)
        && IsKnown(model, entry);

    /// <summary>What the database generates for <paramref name="change"/>, if anything.</summary>
    public static PendingValues? PendingOf(Change change)
    {
        if (change.Action == ChangeAction.Deleted)
            return null;

        var pending = change.Model.Generated.Select(generated => generated.Property)
            .Where(change.Entry.IsStoreGenerated).ToList();
        return pending.Count > 0
            ? new PendingValues(pending, change.Entry.EntityType.GetTableMappings().Single().Table)
            : null;
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
