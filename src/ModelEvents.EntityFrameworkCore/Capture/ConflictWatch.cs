using Microsoft.EntityFrameworkCore;

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

    /// <summary>A conflict was found. Whether it fails the save is up to interceptors that have their turn later.</summary>
    public static void Start(DbContext context)
    {
        if (ContextCapture.StateOf(context).Save is { } save)
            context.SaveChangesFailed += new ConflictWatch(context, save).Failed;
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
