using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Models;

namespace ModelEvents.Capture;

/// <summary>
/// Tracked entries in, changes out: one for each listed instance that a save inserts, updates or deletes, owned and complex
/// types and many-to-many links counted as updates of their owner. Next stop: <see cref="EventFactory"/>.
/// </summary>
internal sealed class ChangeCapture(TimeProvider time, ModelListProvider lists)
{
    public List<Change> Capture(DbContext context, CapturedModels models)
    {
        var ids = new EventIds(time);
        var changes = new List<Change>();
        List<IUpdateEntry>? parts = null;
        foreach (var entry in TrackedEntries.Changed(context))
        {
            var model = models.Find(entry.EntityType);
            var isReplacing = AddReplaced(changes, ids, model, models, entry);
            if (model is not null)
                AddInstance(changes, ids, model, entry, isReplacing);
            if (models.IsPart(entry.EntityType))
                (parts ??= []).Add(entry);
        }

        if (parts is not null)
            new OwnerUpdates(context, models, changes, ids).Add(parts);
        if (ChangeFilters.Any)
            changes.RemoveAll(IsExcluded);
        return changes;
    }

    private bool IsExcluded(Change change) =>
        ChangeFilters.Excludes(lists, change.Model.Listed, change.Entry.ToEntityEntry().Entity);

    /// <summary>
    /// Adds the delete of an instance whose key an insert of another model takes: the tracker does not list it. Returns
    /// whether the insert is no update of its own model.
    /// </summary>
    private static bool AddReplaced(
        List<Change> changes, EventIds ids, CapturedModel? model, CapturedModels models, IUpdateEntry entry)
    {
        if (entry is not { EntityState: EntityState.Added, SharedIdentityEntry: { } replaced })
            return false;

        var other = models.Find(replaced.EntityType);
        if (other?.Listed == model?.Listed)
            return false;

        if (other is not null)
            changes.Add(new Change(ids.Next(), other, replaced, ChangeAction.Deleted));
        return true;
    }

    private static void AddInstance(
        List<Change> changes, EventIds ids, CapturedModel model, IUpdateEntry entry, bool isReplacing)
    {
        // An insert that takes the key of a delete in the same save is one UPDATE to the database.
        var action = entry.EntityState switch
        {
            EntityState.Added when isReplacing || entry.SharedIdentityEntry is null => ChangeAction.Created,
            EntityState.Deleted => ChangeAction.Deleted,
            _ => ChangeAction.Updated,
        };

        if (action != ChangeAction.Updated)
            changes.Add(new Change(ids.Next(), model, entry, action));
        else if (Updated(ids, model, entry) is { } update)
            changes.Add(update);
    }

    private static Change? Updated(EventIds ids, CapturedModel model, IUpdateEntry entry)
    {
        var isReplaced = entry.EntityState == EntityState.Added;
        var isModified = isReplaced;
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var property in model.Properties)
        {
            if (property.IsBookkeeping || !entry.IsModified(property.Property))
                continue;

            isModified = true;
            if (IsDifferent(property, entry))
                names.Add(property.Name);
        }

        var beforeUnknown = isModified && names.Count == 0;
        foreach (var (property, name) in model.ComplexCollections)
        {
            if (entry.IsModified(property))
                (isModified, _) = (true, names.Add(name));
        }

        if (!isModified)
            return null;

        var change = new Change(ids.Next(), model, entry, ChangeAction.Updated)
        {
            BeforeUnknown = beforeUnknown,
            ChangedNames = names,
            LocksNoRow = model.Row is { IsOfSeveral: true },
        };
        if (!beforeUnknown)
            change.NoteStatus();
        return change;
    }

    private static bool IsDifferent(CapturedProperty property, IUpdateEntry entry) =>
        !property.Comparer.Equals(entry.GetOriginalValue(property.Property), entry.GetCurrentValue(property.Property));
}
