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
        List<IUpdateEntry>? alike = null;
        foreach (var part in parts)
        {
            if (IsReplacedByEqual(part))
                continue;

            if (part.EntityType.FindOwnership() is null)
                AddLinks(part);
            else if (part.EntityState != EntityState.Modified || DiffersInValue(part))
                AddOwned(part, isForced: false);
            else
                (alike ??= []).Add(part);
        }

        // Written as a part of its owner ('Update') with the values that it had.
        foreach (var part in alike ?? [])
            AddOwned(part, isForced: true);
    }

    /// <summary>Whether it takes the place of another that has the same values, so that nothing is written.</summary>
    private static bool IsReplacedByEqual(IUpdateEntry part) =>
        part is { EntityState: not EntityState.Deleted, SharedIdentityEntry: { } replaced }
        && replaced.EntityType == part.EntityType
        && !Differ(replaced, part);

    private static bool DiffersInValue(IUpdateEntry part) => Differ(BeforeOf(part), part);

    private static bool Differ(IUpdateEntry before, IUpdateEntry part)
    {
        foreach (var property in part.EntityType.GetFlattenedProperties())
        {
            if (property.GetAfterSaveBehavior() == PropertySaveBehavior.Save
                && !ValueEquality.Of(property).AreEqual(before.GetOriginalValue(property), part.GetCurrentValue(property)))
                return true;
        }

        return part.EntityType.GetFlattenedComplexProperties()
            .Any(property => property.IsCollection && ComplexCollections.Differ(before, part, property));
    }

    private void AddOwned(IUpdateEntry part, bool isForced)
    {
        var ownership = part.EntityType.FindOwnership()!;
        var owner = TrackedEntries.Principal(context, part, ownership);
        while (owner?.EntityType.FindOwnership() is { } outer)
        {
            ownership = outer;
            owner = TrackedEntries.Principal(context, owner, outer);
        }

        if (owner is null || (isForced && IsKnown(owner)))
            return;

        // What was changed since it was loaded: so was its owner.
        if (!isForced && part.EntityState == EntityState.Modified && _byOwner.TryGetValue(owner, out var change))
            change.NoteKnown(BeforeOf(owner));
        UpdateOf(owner, part, models.Names.Of(ownership.PrincipalToDependent!));
    }

    /// <summary>Whether the values of an owner that has changed were known.</summary>
    private bool IsKnown(IUpdateEntry owner) =>
        _byOwner.TryGetValue(owner, out var change) && change is { BeforeUnknown: false };

    private void AddLinks(IUpdateEntry joinEntry)
    {
        foreach (var link in models.LinksOf(joinEntry.EntityType))
        {
            if (TrackedEntries.Principal(context, joinEntry, link.Navigation.ForeignKey) is not { } owner
                || UpdateOf(owner, joinEntry, link.Name) is not { } change)
                continue;

            // What else a row of the join table holds may change: the link is the same.
            if (joinEntry is { EntityState: not EntityState.Modified, SharedIdentityEntry: null })
                change.AddLink(new LinkChange(link, joinEntry, joinEntry.EntityState == EntityState.Added));
        }
    }

    private Change? UpdateOf(IUpdateEntry owner, IUpdateEntry part, string name)
    {
        if (models.Find(owner.EntityType) is not { } model)
            return null;

        if (!_byOwner.TryGetValue(owner, out var change))
        {
            change = new Change(ids.Next(), model, owner, ChangeAction.Updated) { LocksNoRow = model.Row is not null };
            change.NoteStatus(BeforeOf(owner));
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

    /// <summary>The entry with the values before: of the instance whose key was taken, if there is one.</summary>
    private static IUpdateEntry BeforeOf(IUpdateEntry owner) =>
        owner.SharedIdentityEntry is { } replaced && replaced.EntityType == owner.EntityType ? replaced : owner;
}
