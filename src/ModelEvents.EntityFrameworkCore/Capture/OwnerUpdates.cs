using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>
/// Turns changed owned instances and join rows into updates of the listed models that they belong to: one each, whatever
/// else changed on it, and none where the owner itself is inserted or deleted.
/// </summary>
internal sealed class OwnerUpdates(
    DbContext context, CapturedModels models, List<Change> changes, EventIds ids)
{
    private readonly Dictionary<IUpdateEntry, Change> _byOwner = changes.ToDictionary(change => change.Entry);

    public void Add(List<IUpdateEntry> parts)
    {
        foreach (var part in parts)
        {
            if (part.EntityType.FindOwnership() is { } ownership)
                AddOwned(part, ownership);
            else if (part.EntityState != EntityState.Modified)
                AddLinks(part);
        }
    }

    private void AddOwned(IUpdateEntry part, IForeignKey ownership)
    {
        var owner = TrackedEntries.Principal(context, part, ownership);
        while (owner?.EntityType.FindOwnership() is { } outer)
        {
            ownership = outer;
            owner = TrackedEntries.Principal(context, owner, outer);
        }

        if (owner is not null)
            UpdateOf(owner, part, models.Names.Of(ownership.PrincipalToDependent!));
    }

    private void AddLinks(IUpdateEntry joinEntry)
    {
        var added = joinEntry.EntityState == EntityState.Added;
        foreach (var link in models.LinksOf(joinEntry.EntityType))
        {
            if (TrackedEntries.Principal(context, joinEntry, link.Navigation.ForeignKey) is { } owner)
                UpdateOf(owner, joinEntry, link.Name)?.AddLink(new LinkChange(link, joinEntry, added));
        }
    }

    private Change? UpdateOf(IUpdateEntry owner, IUpdateEntry part, string name)
    {
        if (models.Find(owner.EntityType) is not { } model)
            return null;

        if (!_byOwner.TryGetValue(owner, out var change))
        {
            change = new Change(ids.Next(), model, owner, ChangeAction.Updated) { LocksNoRow = model.Row is not null };
            change.NoteStatus();
            _byOwner.Add(owner, change);
            changes.Add(change);
        }

        if (change.Action != ChangeAction.Updated)
            return null;

        change.AddChanged(name);
        if (change.LocksNoRow && model.Row!.IsWrittenWith(part.EntityType))
            change.LocksNoRow = false;
        return change;
    }
}
