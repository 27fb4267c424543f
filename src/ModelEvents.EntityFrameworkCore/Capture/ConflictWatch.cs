using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace ModelEvents.Capture;

/// <summary>
/// Ends a save that fails by a concurrency conflict: EF Core reports that by the context's own event alone, and not to
/// interceptors (https://github.com/dotnet/efcore/pull/30445).
/// </summary>
internal sealed class ConflictWatch
{
    private readonly DbContext _context;
    private readonly SaveScope _save;

    private ConflictWatch(DbContext context, SaveScope save) => (_context, _save) = (context, save);

    /// <summary>
    /// A conflict was found. Whether it fails the save is up to interceptors that have their turn later; should the save go on,
    /// there is nothing to tell of <paramref name="entries"/>, which were not written.
    /// </summary>
    public static void Start(DbContext context, IReadOnlyList<EntityEntry> entries)
    {
        if (ContextCapture.StateOf(context).Save is not { } save)
            return;

        context.SaveChangesFailed += new ConflictWatch(context, save).Failed;
        foreach (var change in save.Changes ?? [])
            change.IsRefused |= entries.Any(entry => ReferenceEquals(entry.Entity, change.Entry.ToEntityEntry().Entity));
    }

    private void Failed(object? sender, SaveChangesFailedEventArgs args)
    {
        _context.SaveChangesFailed -= Failed;
        if (ContextCapture.StateOf(_context).Save != _save)
            return;

        ContextCapture.EndFailed(_context);
        // An event cannot wait for it.
        _ = _save.Received?.DisposeAsync().AsTask();
    }
}
