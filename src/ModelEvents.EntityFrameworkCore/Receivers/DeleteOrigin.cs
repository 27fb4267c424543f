using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>Finds out where a delete began.</summary>
internal static class DeleteOrigin
{
    /// <summary>The instance of <paramref name="entry"/>, or the one whose delete it cascades from.</summary>
    public static object Of(DbContext context, IUpdateEntry entry)
    {
        var seen = new HashSet<IUpdateEntry>();
        while (seen.Add(entry) && CascadingPrincipal(context, entry) is { } principal)
            entry = principal;
        return entry.ToEntityEntry().Entity;
    }

    private static IUpdateEntry? CascadingPrincipal(DbContext context, IUpdateEntry entry) =>
        entry.EntityType.GetForeignKeys()
            .Where(key => key.DeleteBehavior is DeleteBehavior.Cascade or DeleteBehavior.ClientCascade)
            .Select(key => TrackedEntries.Principal(context, entry, key))
            .FirstOrDefault(principal => principal?.EntityState == EntityState.Deleted);
}
