using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Bodies;

namespace ModelEvents.Capture;

/// <summary>Knows which saves are a single command to the database, so that their events can travel in it.</summary>
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
        && IsKnown(model, entry, mayWait: true);

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

    /// <summary>
    /// Whether <paramref name="command"/> is the whole save and nothing but inserts of listed rows whose events are known
    /// by now. Inserts only: whether an update or delete finds its row is known after it has run, which must be before the
    /// commit.
    /// </summary>
    public static bool IsAllOf(DbContext context, CapturedModels models, DbCommand command)
    {
        var rows = 0;
        foreach (var entry in TrackedEntries.Changed(context))
        {
            if (entry.EntityState != EntityState.Added
                || entry.SharedIdentityEntry is not null
                || models.Find(entry.EntityType) is not { IsOneRow: true, HasTriggers: false } model
                || !IsKnown(model, entry, mayWait: false))
                return false;

            rows++;
        }

        return StatementsOf(command) == rows && IsTransactionEFs(context);
    }

    /// <summary>
    /// Whether the transaction that is open now was begun by EF Core for this save, and nobody waits for its commit. An
    /// interceptor after ours may have begun it; one of transactions may still want to write in it, or refuse the commit.
    /// </summary>
    private static bool IsTransactionEFs(DbContext context) =>
        InterceptorChain.EndsWith<ISaveChangesInterceptor, ModelEventsInterceptor>(context)
        && InterceptorChain.IsOurs<IDbTransactionInterceptor>(context);

    private static bool IsKnown(CapturedModel model, IUpdateEntry entry, bool mayWait)
    {
        if (entry.EntityState == EntityState.Deleted)
            return true;

        foreach (var (property, canWait) in model.Generated)
        {
            if (!(mayWait && canWait) && entry.IsStoreGenerated(property))
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

    private static int StatementsOf(DbCommand command) => command.CommandText.AsSpan().Count(StatementEnd);
}
