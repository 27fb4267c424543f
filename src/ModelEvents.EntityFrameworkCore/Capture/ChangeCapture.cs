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
    /// Adds the delete of an instance whose key one of another model takes: the tracker does not list it. Returns whether that
    /// is no update of its own model.
    /// </summary>
    private static bool AddReplaced(
        List<Change> changes, EventIds ids, CapturedModel? model, CapturedModels models, IUpdateEntry entry)
    {
        if (entry is not { EntityState: not EntityState.Deleted, SharedIdentityEntry: { } replaced })
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
        // What takes the key of a delete in the same save is one UPDATE to the database.
        var action = entry.EntityState switch
        {
            EntityState.Added when entry.SharedIdentityEntry is null => ChangeAction.Created,
            EntityState.Deleted => ChangeAction.Deleted,
            _ => isReplacing ? ChangeAction.Created : ChangeAction.Updated,
        };

        if (action != ChangeAction.Updated)
            changes.Add(new Change(ids.Next(), model, entry, action));
        else if (Updated(ids, model, entry) is { } update)
            changes.Add(update);
    }

    private static Change? Updated(EventIds ids, CapturedModel model, IUpdateEntry entry)
    {
        if (entry.SharedIdentityEntry is { } replaced)
            return Replaced(ids, model, entry, replaced);

        var (isModified, isKnown, isForced) = (false, false, false);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var property in model.Properties)
        {
            if (property.IsBookkeeping || !entry.IsModified(property.Property))
                continue;

            isModified = true;
            var isDifferent = property.IsDifferent(entry, entry);
            isForced |= !isDifferent;
            isKnown |= isDifferent && !property.IsReference;
            if (isDifferent)
                names.Add(property.Name);
        }

        foreach (var (property, name) in model.ComplexCollections)
        {
            if (!entry.IsModified(property))
                continue;

            isModified = true;
            var isDifferent = ComplexCollections.Differ(entry, entry, property);
            isForced |= !isDifferent;
            isKnown |= isDifferent;
            if (isDifferent)
                names.Add(name);
        }

        // Where somebody had more written than differs ('Update'), a reference that differs was set by EF Core itself, from
        // nothing: the instance was not loaded.
        return isModified
            ? Update(ids, model, entry, entry, names, beforeUnknown: names.Count == 0 || (isForced && !isKnown))
            : null;
    }

    /// <summary>EF Core writes what differs from the instance whose key is taken: its values are known.</summary>
    private static Change? Replaced(EventIds ids, CapturedModel model, IUpdateEntry entry, IUpdateEntry replaced)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (replaced.EntityType != entry.EntityType)
            return Update(ids, model, entry, replaced, names, beforeUnknown: true);

        foreach (var property in model.Properties)
        {
            if (property is { IsBookkeeping: false, IsSaved: true } && property.IsDifferent(replaced, entry))
                names.Add(property.Name);
        }

        foreach (var (property, name) in model.ComplexCollections)
        {
            if (ComplexCollections.Differ(replaced, entry, property))
                names.Add(name);
        }

        return names.Count > 0 ? Update(ids, model, entry, replaced, names, beforeUnknown: false) : null;
    }

    private static Change Update(
        EventIds ids, CapturedModel model, IUpdateEntry entry, IUpdateEntry before, SortedSet<string> names, bool beforeUnknown)
    {
        var change = new Change(ids.Next(), model, entry, ChangeAction.Updated)
        {
            BeforeUnknown = beforeUnknown,
            ChangedNames = names,
            LocksNoRow = model.Row is { IsOfSeveral: true },
        };
        if (!beforeUnknown)
            change.NoteStatus(before);
        return change;
    }
}
