using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Receivers;

/// <summary>
/// Waits for the end of a save whose changes were accepted ahead: EF Core tells only then whether it was to accept them.
/// </summary>
internal sealed class AcceptanceWatch(ReceivedSave save)
{
    public void Start()
    {
        save.Context.SavedChanges += Saved;
        save.Context.SaveChangesFailed += Failed;
    }

    public void Stop()
    {
        save.Context.SavedChanges -= Saved;
        save.Context.SaveChangesFailed -= Failed;
    }

    private void Saved(object? sender, SavedChangesEventArgs args)
    {
        Stop();
        save.End(args.AcceptAllChangesOnSuccess);
    }

    private void Failed(object? sender, SaveChangesFailedEventArgs args) => Stop();
}
