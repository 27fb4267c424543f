#pragma warning disable EF1001 // What materializes an instance from values has no public name.
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>An entity type whose instances are made of values, as EF Core makes them of a query's.</summary>
internal sealed class RowType
{
    private readonly Func<MaterializationContext, object> _materialize;
    private readonly object?[] _defaults;
    private readonly (string Name, int Index)[] _shadow;
    private readonly (IProperty Property, int Index)[] _ownShadow;
    private readonly (IProperty Property, int Index)[] _properties;
    private readonly Lazy<(IPropertyBase Place, Action<object, object?> Put)[]> _places;

    public RowType(IEntityType type, DbContext context)
    {
        Type = type;
        _materialize = context.GetService<IStructuralTypeMaterializerSource>().GetMaterializer(type);
        _properties = [.. type.GetFlattenedProperties().Select(property => (property, property.GetIndex()))];
        _defaults = new object?[_properties.Max(property => property.Index) + 1];
        foreach (var (property, index) in _properties)
            _defaults[index] = IsRequired(property) ? Activator.CreateInstance(property.ClrType) : null;
        _places = new(() => [.. PlacesOf(type).Select(place => (place, GeneratedValues.SetterOf(place)))]);
        _shadow = [.. type.GetProperties().Where(p => p.IsShadowProperty()).Select(p => (p.Name, p.GetIndex()))];
        _ownShadow = [.. type.GetProperties().Where(p => p.IsShadowProperty() && !p.IsKey()).Select(p => (p, p.GetIndex()))];
    }

    public IEntityType Type { get; }

    /// <summary>Values to begin with: those of the instance in the database, or nothing where it was not loaded.</summary>
    public object?[] NewValues(IUpdateEntry? loaded)
    {
        var values = (object?[])_defaults.Clone();
        if (loaded is not null)
        {
            foreach (var (property, index) in _properties)
                values[index] = loaded.GetCurrentValue(property);
        }

        return values;
    }

    public object Materialize(RowReading reading, object?[] values) =>
        _materialize(new MaterializationContext(new ValueBuffer(values), reading.Context));

    public IUpdateEntry Enter(RowReading reading, object instance, object?[] values)
    {
        var shadow = new Dictionary<string, object?>(_shadow.Length);
        foreach (var (name, index) in _shadow)
            shadow.Add(name, values[index]);
        return TrackedEntries.Detached(reading.Context, Type, instance, shadow);
    }

    /// <summary>
    /// Lets the context find the values of an owned instance's shadow properties; its keys are those of its owner.
    /// </summary>
    public void SetShadow(RowReading reading, object instance, object?[] values)
    {
        if (_ownShadow.Length > 0)
            TrackedEntries.SetShadow(
                reading.Context, Type, instance, _ownShadow.Select(own => (own.Property, values[own.Index])));
    }

    /// <summary>Gives an instance what another one points to.</summary>
    public void CopyNavigations(IUpdateEntry from, object to)
    {
        foreach (var (place, put) in _places.Value)
            put(to, from.GetCurrentValue(place));
    }

    /// <summary>Navigations, and what is in JSON columns: what is not among the values.</summary>
    private static IEnumerable<IPropertyBase> PlacesOf(IEntityType type) =>
    [
        .. type.GetNavigations().Where(navigation => !navigation.IsShadowProperty()),
        .. type.GetSkipNavigations().Where(navigation => !navigation.IsShadowProperty()),
        .. type.GetComplexProperties().Where(property => property.ComplexType.IsMappedToJson()),
    ];

    /// <summary>Whether a property is of a complex value that may be none.</summary>
    public static bool IsInOptional(IProperty property)
    {
        for (var type = property.DeclaringType as IComplexType; type is not null;
            type = type.ComplexProperty.DeclaringType as IComplexType)
        {
            if (type.ComplexProperty.IsNullable)
                return true;
        }

        return false;
    }

    /// <summary>Whether EF Core cannot make an instance without a value of it.</summary>
    private static bool IsRequired(IProperty property) => !IsInOptional(property)
        && property.ClrType.IsValueType && Nullable.GetUnderlyingType(property.ClrType) is null;
}
