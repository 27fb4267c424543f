using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Capture;

/// <summary>Finds out what a save will change, for those who must know it before EF Core does.</summary>
internal static class ChangeDetection
{
    /// <summary>
    /// Does what EF Core does when a save begins: detects changes, unless the user switched that off, and makes cascades. EF Core
    /// then finds nothing more to do, unless somebody has changed something meanwhile.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something required was severed, so that EF Core would fail the save.</exception>
    public static void Detect(DbContext context)
    {
        var tracker = context.ChangeTracker;
        if (tracker.AutoDetectChangesEnabled)
            tracker.DetectChanges();
        TrackedEntries.Cascade(context);
    }
}
