using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Capture;

/// <summary>Finds out what a save will change before EF Core itself does, at no further cost where that is possible.</summary>
internal static class ChangeDetection
{
    /// <summary>Detects changes, unless the user switched that off.</summary>
    public static void Detect(DbContext context)
    {
        var tracker = context.ChangeTracker;
        if (tracker.AutoDetectChangesEnabled)
            tracker.DetectChanges();
        if (tracker.CascadeDeleteTiming == CascadeTiming.OnSaveChanges
            || tracker.DeleteOrphansTiming == CascadeTiming.OnSaveChanges)
            tracker.CascadeChanges();
    }

    /// <summary>
    /// After <see cref="Detect"/>: returns whether EF Core need not detect changes again. It need not where no other
    /// interceptor comes after this one, which could still change something. Its own detection is then off until
    /// <see cref="Restore"/>.
    /// </summary>
    public static bool StandsForSave(DbContext context, ISaveChangesInterceptor self)
    {
        if (!context.ChangeTracker.AutoDetectChangesEnabled || !InterceptorChain.EndsWith(context, self))
            return false;

        context.ChangeTracker.AutoDetectChangesEnabled = false;
        return true;
    }

    public static void Restore(DbContext context) => context.ChangeTracker.AutoDetectChangesEnabled = true;
}
