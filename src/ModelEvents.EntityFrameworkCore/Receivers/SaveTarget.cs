using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Receivers;

/// <summary>An instance that a save inserts, updates or deletes, together with what it owns.</summary>
internal sealed class SaveTarget(IUpdateEntry entry)
{
    private List<(IUpdateEntry Entry, string Path)>? _parts;

    public IUpdateEntry Entry => entry;

    public object Model => entry.ToEntityEntry().Entity;

    public bool IsTracked => entry.EntityState != EntityState.Detached;

    public bool IsDeleted => entry.EntityState == EntityState.Deleted;

    /// <summary>An insert that takes the key of a delete in the same save is one UPDATE to the database.</summary>
    public bool IsCreated => entry is { EntityState: EntityState.Added, SharedIdentityEntry: null };

    public void AddPart(IUpdateEntry part, string path) => (_parts ??= []).Add((part, path));

    public IReadOnlyList<ChangedProperty> ChangedProperties()
    {
        if (IsCreated || IsDeleted)
            return [];

        var changed = PropertyChanges.Of(entry, "");
        foreach (var (part, path) in _parts ?? [])
            changed.AddRange(PropertyChanges.OfOwned(part, path));
        return changed;
    }
}
