using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Rules.Raising;

namespace ModelEvents.Capture;

/// <summary>One insert, update or delete of one instance of a listed model, as it is about to be committed.</summary>
internal sealed class Change(Guid id, CapturedModel model, IUpdateEntry entry, ChangeAction action)
{
    private readonly EntityState _state = entry.EntityState;
    private bool _statusIsNoted;

    /// <summary>The id of the event made from this change; fixed here so that a retried attempt is not a duplicate.</summary>
    public Guid Id { get; } = id;

    public CapturedModel Model { get; } = model;

    public IUpdateEntry Entry { get; } = entry;

    public ChangeAction Action { get; } = action;

    /// <summary>Names of what changed, as in the default body; only on updates.</summary>
    public SortedSet<string>? ChangedNames { get; set; }

    /// <summary>Whether the values before an update are not known.</summary>
    public bool BeforeUnknown { get; set; }

    /// <summary>The status before an update, where it is known.</summary>
    public object? PreviousStatus { get; private set; }

    /// <summary>
    /// Whether an update changed the status, or may have. Asked once generated values are known, as it may be one.
    /// </summary>
    public bool StatusMayHaveChanged => !_statusIsNoted
        || !Model.Status!.GetValueComparer().Equals(PreviousStatus, Entry.GetCurrentValue(Model.Status));

    public List<LinkChange>? Links { get; set; }

    /// <summary>The rules that it meets or may meet, if any.</summary>
    public IReadOnlyList<RaisedRule>? Raised { get; set; }

    /// <summary>Whether the database did not write it, as somebody else had changed the row.</summary>
    public bool IsRefused { get; set; }

    /// <summary>
    /// Whether the save may write nothing of <see cref="CapturedModel.Row"/>: another that changes the instance would not wait.
    /// </summary>
    public bool LocksNoRow { get; set; }

    /// <summary>Whether EF Core has accepted the change: the row was written.</summary>
    public bool IsAccepted => Entry.EntityState != _state;

    public void AddChanged(string name) => (ChangedNames ??= new SortedSet<string>(StringComparer.Ordinal)).Add(name);

    public void AddLink(LinkChange link) => (Links ??= []).Add(link);

    /// <summary>Remembers the status before the update.</summary>
    public void NotePreviousStatus(object? before) => (PreviousStatus, _statusIsNoted) = (before, true);

    /// <summary>Notes that the values before an update are known: those of that entry.</summary>
    public void NoteKnown(IUpdateEntry before)
    {
        if (!BeforeUnknown)
            return;

        BeforeUnknown = false;
        NoteStatus(before);
    }

    /// <summary>Remembers the status before the update, while that entry still has its original values.</summary>
    public void NoteStatus(IUpdateEntry before)
    {
        if (Model.Status is { } status)
            NotePreviousStatus(before.GetOriginalValue(status));
    }
}
