using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Capture;

/// <summary>Finds out what a save will change before EF Core itself does, at no further cost where that is possible.</summary>
internal static class ChangeDetection
{
    /// <summary>
    /// Detects changes, unless the user switched that off. Returns whether EF Core need not detect them again: it need not
    /// where no other interceptor comes after this one, which could still change something. Its own detection is then off
    /// until <see cref="Restore"/>.
    /// </summary>
    public static bool DetectInPlaceOfSave(DbContext context, ISaveChangesInterceptor self)
    {
        var tracker = context.ChangeTracker;
        var detects = tracker.AutoDetectChangesEnabled;
        if (detects)
            tracker.DetectChanges();
        if (tracker.CascadeDeleteTiming == CascadeTiming.OnSaveChanges
            || tracker.DeleteOrphansTiming == CascadeTiming.OnSaveChanges)
            tracker.CascadeChanges();
        if (!detects || !InterceptorChain.EndsWith(context, self))
            return false;

        tracker.AutoDetectChangesEnabled = false;
        return true;
    }

    public static void Restore(DbContext context) => context.ChangeTracker.AutoDetectChangesEnabled = true;
}
