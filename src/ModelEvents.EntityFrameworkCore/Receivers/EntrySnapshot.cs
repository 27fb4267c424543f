using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>A changed entry as it is before its save.</summary>
internal sealed class EntrySnapshot
{
    private readonly EntityEntry _public;
    private readonly IUpdateEntry? _replaced;
    private readonly PropertyValues _current;
    private readonly PropertyValues? _original;
    private readonly (IProperty Property, object? Original)[] _complex;
    private readonly IProperty[] _modified;
    private readonly IComplexProperty[] _modifiedCollections;
    private readonly (IProperty Property, object? OnInstance, object? Temporary)[] _temporary;
    private readonly NavigationSnapshot? _navigations;
    private (IProperty Property, object? Value)[] _generated = [];

    public EntrySnapshot(DbContext context, IUpdateEntry entry)
    {
        Entry = entry;
        State = entry.EntityState;
        _public = entry.ToEntityEntry();
        _replaced = entry.SharedIdentityEntry;
        _current = _public.CurrentValues.Clone();
        _original = State == EntityState.Modified ? _public.OriginalValues.Clone() : null;
        _complex = _original is null ? [] : [.. ComplexProperties.Select(property => (property, entry.GetOriginalValue(property)))];
        _modified = State == EntityState.Modified ? [.. Properties.Where(entry.IsModified)] : [];
        _modifiedCollections =
        [
            .. entry.EntityType.GetFlattenedComplexProperties()
                .Where(property => property.IsCollection && State == EntityState.Modified && entry.IsModified(property)),
        ];
        _temporary =
        [
            .. Properties.Where(entry.HasTemporaryValue).Select(property => (
                property, entry.GetPreStoreGeneratedCurrentValue(property), entry.GetCurrentValue(property))),
        ];
        _navigations = State == EntityState.Deleted ? NavigationSnapshot.Of(context, entry) : null;
    }

    public IUpdateEntry Entry { get; }

    public EntityState State { get; }

    /// <summary>Whether EF Core has accepted the change.</summary>
    public bool IsAccepted => Entry.EntityState != State;

    private IEnumerable<IProperty> ComplexProperties =>
        Properties.Where(property => property.DeclaringType is IComplexType);

    private IEnumerable<IProperty> Properties => Entry.EntityType.GetFlattenedProperties();

    /// <summary>Remembers what the database has generated, which is on the entry until it is accepted.</summary>
    public void NoteGenerated() => _generated =
    [
        .. Properties
            .Where(property => !property.GetValueComparer()
                .Equals(Entry.GetPreStoreGeneratedCurrentValue(property), Entry.GetCurrentValue(property)))
            .Select(property => (property, Entry.GetCurrentValue(property))),
    ];

    /// <summary>First step back: one that took the place of another makes room for it.</summary>
    public void MakeRoom()
    {
        if (_replaced is null)
            return;

        _public.State = EntityState.Detached;
        _replaced.ToEntityEntry().State = EntityState.Deleted;
    }

    /// <summary>Second step: those that were inserted or deleted are to be so again.</summary>
    public void RestoreState()
    {
        if (State != EntityState.Modified)
            _public.State = State;
    }

    /// <summary>Third step: values as they were before the save, temporary ones included.</summary>
    public void RestoreValues()
    {
        SetCurrent(_public, _current);
        if (_original is not null)
            _public.OriginalValues.SetValues(_original);
        // It passes over what is inside of a complex value that was null.
        foreach (var (property, original) in _complex)
            Entry.SetOriginalValue(property, original);

        // It may be modified without any property that is, as what shares a row with a changed entry.
        if (State == EntityState.Modified)
            Entry.EntityState = State;
        foreach (var property in _modified)
            Entry.SetPropertyModified(property);
        foreach (var collection in _modifiedCollections)
            TrackedEntries.SetModified(Entry, collection);
        foreach (var (property, onInstance, temporary) in _temporary)
            TrackedEntries.SetTemporary(Entry, property, onInstance, temporary);
    }

    /// <summary>Fourth step: what the user took out of a collection is to be out of it.</summary>
    public void RestoreNavigations() => _navigations?.Restore();

    /// <summary>Last step where the save went well: what the database generated waits on the entry again.</summary>
    public void RestoreGenerated()
    {
        foreach (var (property, value) in _generated)
            Entry.SetStoreGeneratedValue(property, value);
    }

    /// <summary>Makes the entry as it was before anything was changed.</summary>
    public static void Discard(EntityEntry entry)
    {
        var isNew = entry.State == EntityState.Added;
        if (entry.State == EntityState.Modified)
            SetCurrent(entry, entry.OriginalValues);
        // Tracked anew, it is put back into the collections that it was taken out of.
        if (entry.State == EntityState.Deleted)
            entry.State = EntityState.Detached;
        entry.State = isNew ? EntityState.Detached : EntityState.Unchanged;
    }

    public void Discard() => Discard(_public);

    private static void SetCurrent(EntityEntry entry, PropertyValues values)
    {
        foreach (var property in ((IEntityType)entry.Metadata).GetComplexProperties())
        {
            if (property is { IsNullable: true, IsCollection: false })
                MakeAsMissing(entry.Entity, property, values);
        }

        entry.CurrentValues.SetValues(values);
    }

    /// <summary>EF Core can neither set values inside of a complex value that is missing nor remove one.</summary>
    private static void MakeAsMissing(object instance, IComplexProperty property, PropertyValues values)
    {
        var isMissing = property.ComplexType.GetProperties().Where(part => !part.IsNullable).All(part => values[part] is null);
        if (isMissing)
            GeneratedValues.SetterOf(property)(instance, null);
        else if (property.GetGetter().GetClrValue(instance) is null)
            GeneratedValues.SetterOf(property)(instance, RuntimeHelpers.GetUninitializedObject(property.ComplexType.ClrType));
    }
}
