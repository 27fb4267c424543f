#pragma warning disable EF1001 // What materializes an instance from values has no public name.
using System.Collections;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.Json;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>How JSON becomes an owned or complex instance, or a collection of them, as EF Core has stored it.</summary>
internal sealed class JsonShape
{
    private readonly Func<MaterializationContext, object> _materialize;
    private readonly (string Name, int Index, JsonValueReaderWriter Reader)[] _values;
    private readonly (string Name, Action<object, object?> Put, JsonShape Shape)[] _parts;
    private readonly object?[] _defaults;
    private readonly Func<IList>? _newCollection;

    private JsonShape(ITypeBase type, Type? collection, DbContext context)
    {
        var source = context.GetService<IStructuralTypeMaterializerSource>();
        _materialize = type is IEntityType entity ? source.GetMaterializer(entity) : source.GetMaterializer((IComplexType)type);
        _newCollection = collection is null ? null : CollectionFactory(collection, type.ClrType);
        _values =
        [
            .. type.GetProperties().Where(p => p.GetJsonPropertyName() is { Length: > 0 })
                .Select(p => (p.GetJsonPropertyName()!, p.GetIndex(), ReaderOf(p))),
        ];
        _defaults = new object?[type.GetFlattenedProperties().Select(p => p.GetIndex()).DefaultIfEmpty().Max() + 1];
        foreach (var property in type.GetProperties().Where(p => p.ClrType.IsValueType && !p.IsNullable))
            _defaults[property.GetIndex()] = Activator.CreateInstance(property.ClrType);
        _parts =
        [
            .. type.GetComplexProperties().Select(p => (p.GetJsonPropertyName()!, GeneratedValues.SetterOf(p), Of(p, context))),
            .. type is IEntityType owner
                ? owner.GetNavigations().Where(n => n is { IsOnDependent: false, ForeignKey.IsOwnership: true })
                    .Select(n => (n.TargetEntityType.GetJsonPropertyName()!, GeneratedValues.SetterOf(n), Of(n, context)))
                : [],
        ];
    }

    public static JsonShape Of(INavigation navigation, DbContext context) =>
        new(navigation.TargetEntityType, navigation.IsCollection ? navigation.ClrType : null, context);

    public static JsonShape Of(IComplexProperty property, DbContext context) =>
        new(property.ComplexType, property.IsCollection ? property.ClrType : null, context);

    public object? Read(RowReading reading, JsonElement json)
    {
        if (json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return null;
        if (_newCollection is null)
            return ReadOne(reading, json);

        var all = _newCollection();
        foreach (var one in json.EnumerateArray())
            all.Add(ReadOne(reading, one));
        return all;
    }

    private object ReadOne(RowReading reading, JsonElement json)
    {
        var values = (object?[])_defaults.Clone();
        foreach (var (name, index, reader) in _values)
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                values[index] = reader.FromJsonString(value.GetRawText());
        }

        var instance = _materialize(new MaterializationContext(new ValueBuffer(values), reading.Context));
        foreach (var (name, put, shape) in _parts)
            put(instance, json.TryGetProperty(name, out var part) ? shape.Read(reading, part) : null);
        return instance;
    }

    private static JsonValueReaderWriter ReaderOf(IProperty property) =>
        property.GetJsonValueReaderWriter() ?? property.GetTypeMapping().JsonValueReaderWriter
        ?? throw new InvalidOperationException(
            $"The property '{property.Name}' of '{property.DeclaringType.DisplayName()}' has no way to be read from JSON. "
            + "Give it a 'JsonValueReaderWriter', or set its model's 'Capture' to 'Tracker'.");

    private static Func<IList> CollectionFactory(Type collection, Type element)
    {
        var list = typeof(List<>).MakeGenericType(element);
        var type = collection.IsAssignableFrom(list) ? list : collection;
        return () => (IList)Activator.CreateInstance(type)!;
    }
}
