using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Rules.Conditions;

/// <summary>The fields of one listed model: its mapped scalar properties, those of complex types under a path.</summary>
internal sealed class FieldTable
{
    public FieldTable(IEntityType type, ListedModel listed)
    {
        Listed = listed;
        All = [.. PropertiesOf(type, "").Select((property, slot) => NewField(property.Property, property.Name, slot))];
    }

    public ListedModel Listed { get; }

    /// <summary>The fields by their <see cref="Field.Slot"/>.</summary>
    public IReadOnlyList<Field> All { get; }

    /// <summary>
    /// The fields that <paramref name="name"/> means, by the rules of the model list: a path or a tail of it, without regard
    /// to case and underscores.
    /// </summary>
    public IReadOnlyList<Field> Find(string name) => TypeNames.Find(All, field => field.Name, name);

    private static IEnumerable<(IProperty Property, string Name)> PropertiesOf(ITypeBase type, string path) =>
    [
        .. type.GetProperties().Select(property => (property, path + property.Name)),
        .. type.GetComplexProperties().Where(complex => !complex.IsCollection)
            .SelectMany(complex => PropertiesOf(complex.ComplexType, $"{path}{complex.Name}.")),
    ];

    private static Field NewField(IProperty property, string name, int slot)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        var isCompared = type.IsEnum || ValueKinds.Find(type) is not null;
        if (!isCompared && !property.IsPrimitiveCollection && StoredValue.ConverterOf(property) is { } converter)
            type = Nullable.GetUnderlyingType(converter.ProviderClrType) ?? converter.ProviderClrType;

        return (Field)Activator.CreateInstance(typeof(Field<>).MakeGenericType(type), property, name, slot, isCompared)!;
    }
}
