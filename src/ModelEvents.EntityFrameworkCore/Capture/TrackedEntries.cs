// The one place that uses EF Core's internal state manager; its public face has no way to find an owner or to list changed
// entries without running DetectChanges again.
#pragma warning disable EF1001
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Internal;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>Looks at what a context tracks.</summary>
internal static class TrackedEntries
{
    /// <summary>Entries to be inserted, updated or deleted.</summary>
    public static IEnumerable<IUpdateEntry> Changed(DbContext context) =>
        context.GetService<IStateManager>().GetEntriesForState(added: true, modified: true, deleted: true);

    /// <summary>
    /// Deletes or severs what depends on deleted entries and has lost what it depends on, as EF Core does when it saves: each of
    /// the two at its own timing, which <c>ChangeTracker.CascadeChanges</c> does not ask for.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something required was severed.</exception>
    public static void Cascade(DbContext context)
    {
        var tracked = context.GetService<IStateManager>();
        if (tracked.ChangedCount > 0)
            tracked.CascadeChanges(force: false);
    }

    /// <summary>Whether anything that is listed, or belongs to something listed, is among the changed entries.</summary>
    public static bool AnyChanged(DbContext context, CapturedModels models)
    {
        foreach (var entry in Changed(context))
        {
            if (models.Has(entry.EntityType)
                || (entry.SharedIdentityEntry is { } replaced && models.Has(replaced.EntityType)))
                return true;
        }

        return false;
    }

    /// <summary>The tracked entry that <paramref name="dependent"/> points to, if there is one.</summary>
    public static IUpdateEntry? Principal(DbContext context, IUpdateEntry dependent, IForeignKey foreignKey) =>
        context.GetService<IStateManager>().FindPrincipal((InternalEntityEntry)dependent, foreignKey);

    /// <summary>The entry that <paramref name="owner"/> owns, before or after what it is about to save.</summary>
    public static IUpdateEntry? Owned(IUpdateEntry owner, IForeignKey ownership, bool isBefore)
    {
        foreach (var part in ((InternalEntityEntry)owner).StateManager.GetDependents(owner, ownership))
        {
            var found = part.EntityState switch
            {
                // What it takes the place of is found by it alone.
                EntityState.Added => isBefore ? part.SharedIdentityEntry : part,
                EntityState.Deleted => isBefore ? part : null,
                EntityState.Detached => null,
                _ => part,
            };
            if (found is not null)
                return found;
        }

        return null;
    }

    /// <summary>The entry of a tracked instance.</summary>
    public static IUpdateEntry? Find(DbContext context, object instance) =>
        context.GetService<IStateManager>().TryGetEntry(instance, throwOnNonUniqueness: false);

    /// <summary>
    /// The entry of an instance that is owned. One that was deleted with its owner is tracked no more after a save in the
    /// user's transaction: <paramref name="isDetached"/> gives it a detached entry, to be read.
    /// </summary>
    public static IUpdateEntry? FindOwned(DbContext context, object instance, IEntityType type, bool isDetached)
    {
        var tracked = context.GetService<IStateManager>();
        return tracked.TryGetEntry(instance, type, throwOnTypeMismatch: false)
            ?? (isDetached ? tracked.GetOrCreateEntry(instance, type) : null);
    }

    /// <summary>An entry of an instance that the context does not know, nor will.</summary>
    /// <param name="context">The context.</param>
    /// <param name="type">The instance's type.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="shadow">The values of its shadow properties.</param>
    public static IUpdateEntry Detached(
        DbContext context, IEntityType type, object instance, IDictionary<string, object?> shadow) =>
        shadow.Count == 0
            ? new InternalEntityEntry(context.GetService<IStateManager>(), type, instance)
            : new InternalEntityEntry(
                context.GetService<IStateManager>(), type, instance, ((IRuntimeTypeBase)type).ShadowValuesFactory(shadow));

    /// <summary>Lets the context find the values of an owned instance's shadow properties, without tracking it.</summary>
    public static void SetShadow(
        DbContext context, IEntityType type, object instance, IEnumerable<(IProperty Property, object? Value)> values)
    {
        var entry = context.GetService<IStateManager>().GetOrCreateEntry(instance, type);
        foreach (var (property, value) in values)
            entry[property] = value;
    }

    /// <summary>Says of the navigations that are loaded on one entry that they are on the other too.</summary>
    public static void CopyLoaded(IUpdateEntry from, IUpdateEntry to)
    {
        foreach (var navigation in from.EntityType.GetNavigations().Concat<INavigationBase>(from.EntityType.GetSkipNavigations()))
        {
            if (((InternalEntityEntry)from).IsLoaded(navigation))
                ((InternalEntityEntry)to).SetIsLoaded(navigation);
        }
    }

    /// <summary>Gives a property a temporary value, as EF Core does for keys that the database will generate.</summary>
    public static void SetTemporary(IUpdateEntry entry, IProperty property, object? onInstance, object? temporary)
    {
        if (!property.IsShadowProperty() && !property.IsIndexerProperty())
            GeneratedValues.SetterOf(property)(entry.ToEntityEntry().Entity, onInstance);
        ((InternalEntityEntry)entry).SetTemporaryValue(property, temporary);
    }

    /// <summary>Marks a collection of complex values to be written as it is.</summary>
    public static void SetModified(IUpdateEntry entry, IComplexProperty collection) =>
        ((InternalEntityEntry)entry).SetPropertyModified(collection, isModified: true, recurse: true);
}
