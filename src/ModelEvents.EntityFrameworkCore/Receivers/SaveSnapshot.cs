using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>
/// Lets receivers find a save's changes accepted while its transaction is still open, so that they can save again. Should
/// the transaction fail, the changes are pending once more, and those that receivers have saved are gone, as if nothing
/// had been called.
/// </summary>
internal sealed class SaveSnapshot(DbContext context)
{
    private readonly EntrySnapshot[] _entries =
        [.. TrackedEntries.Changed(context).Select(entry => new EntrySnapshot(context, entry))];

    private readonly List<SaveSnapshot> _inner = [];

    // EF Core writes what shares a row with a changed entry, and marks that as modified.
    private IUpdateEntry[] _marked = [];

    public bool IsAccepted => _entries.All(entry => entry.IsAccepted);

    /// <summary>Notes a save that a receiver makes.</summary>
    public void Add(SaveSnapshot inner) => _inner.Add(inner);

    public void Accept()
    {
        foreach (var entry in _entries)
            entry.NoteGenerated();
        _marked = [.. TrackedEntries.Changed(context).Except(_entries.Select(entry => entry.Entry))];
        context.ChangeTracker.AcceptAllChanges();
    }

    /// <summary>The transaction is rolled back: what was saved in it is to be saved again, by the save itself only.</summary>
    public void Undo()
    {
        using var _ = new QuietTracker(context.ChangeTracker);
        UndoQuietly();
        RestoreNavigations(_entries);
    }

    /// <summary>The save went well but is asked to leave its changes pending.</summary>
    public void Unaccept()
    {
        using var _ = new QuietTracker(context.ChangeTracker);
        Restore(_entries);
        RestoreNavigations(_entries);
        foreach (var entry in _entries)
            entry.RestoreGenerated();
        foreach (var marked in _marked)
            marked.EntityState = EntityState.Modified;
    }

    /// <summary>What was accepted without being saved is to be pending again.</summary>
    public void PutBack()
    {
        using var _ = new QuietTracker(context.ChangeTracker);
        EntrySnapshot[] accepted = [.. _entries.Where(entry => entry.IsAccepted)];
        Restore(accepted);
        RestoreNavigations(accepted);
    }

    private void UndoQuietly()
    {
        foreach (var pending in TrackedEntries.Changed(context).ToList())
            EntrySnapshot.Discard(pending.ToEntityEntry());

        foreach (var inner in Enumerable.Reverse(_inner))
        {
            inner.UndoQuietly();
            foreach (var entry in inner._entries)
                entry.Discard();
        }

        _inner.Clear();
        Restore(_entries);
    }

    private static void Restore(EntrySnapshot[] entries)
    {
        foreach (var entry in entries)
            entry.MakeRoom();
        foreach (var entry in entries)
            entry.RestoreState();
        foreach (var entry in entries)
            entry.RestoreValues();
    }

    private static void RestoreNavigations(EntrySnapshot[] entries)
    {
        foreach (var entry in entries)
            entry.RestoreNavigations();
    }

    /// <summary>Keeps the change tracker from drawing conclusions meanwhile.</summary>
    private sealed class QuietTracker : IDisposable
    {
        private readonly ChangeTracker _tracker;
        private readonly (bool Detects, CascadeTiming Deletes, CascadeTiming Orphans) _before;

        public QuietTracker(ChangeTracker tracker)
        {
            _tracker = tracker;
            _before = (tracker.AutoDetectChangesEnabled, tracker.CascadeDeleteTiming, tracker.DeleteOrphansTiming);
            tracker.AutoDetectChangesEnabled = false;
            (tracker.CascadeDeleteTiming, tracker.DeleteOrphansTiming) = (CascadeTiming.Never, CascadeTiming.Never);
        }

        public void Dispose() =>
            (_tracker.AutoDetectChangesEnabled, _tracker.CascadeDeleteTiming, _tracker.DeleteOrphansTiming) = _before;
    }
}
