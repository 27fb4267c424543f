using Microsoft.EntityFrameworkCore;
using ModelEvents.Outbox;

namespace ModelEvents.Capture;

/// <summary>
/// Refuses a save, or lets it wait, before it has written anything, while the memory that its events would wait in is full.
/// </summary>
internal sealed class SaveRoom(Lazy<IOutbox> outbox)
{
    /// <summary>Whether the save has events and there is no room for them.</summary>
    public bool IsMissing(DbContext context, SaveScope save)
    {
        if (outbox.Value is not DirectOutbox direct || !direct.IsFullFor(context) || save.IsOfNoInterest)
            return false;

        // EF Core has not done so yet.
        if (context.ChangeTracker.AutoDetectChangesEnabled)
            context.ChangeTracker.DetectChanges();
        return TrackedEntries.AnyChanged(context, save.Models);
    }

    /// <inheritdoc cref="MemoryRoom.Admit"/>
    public void Admit(DbContext context) => (outbox.Value as DirectOutbox)?.Admit(context);

    /// <inheritdoc cref="MemoryRoom.Admit"/>
    public Task AdmitAsync(DbContext context, CancellationToken cancellationToken) =>
        (outbox.Value as DirectOutbox)?.AdmitAsync(context, cancellationToken) ?? Task.CompletedTask;
}
