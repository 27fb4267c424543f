using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Rules.Conditions;

/// <summary>The fields of one listed model: its mapped scalar properties, those of complex and owned types under a path.</summary>
internal sealed class FieldTable
{
    public FieldTable(IEntityType type, ListedModel listed)
    {
        Listed = listed;
        All = [.. PropertiesOf(type, FieldHome.Model, "").Select((one, slot) => NewField(one.Property, one.Home, one.Name, slot))];
    }

    public ListedModel Listed { get; }

    /// <summary>The fields by their <see cref="Field.Slot"/>.</summary>
    public IReadOnlyList<Field> All { get; }

    /// <summary>
    /// The fields that <paramref name="name"/> means, by the rules of the model list: a path or a tail of it, without regard
    /// to case and underscores.
    /// </summary>
    public IReadOnlyList<Field> Find(string name) => TypeNames.Find(All, field => field.Name, name);

    private static IEnumerable<(IProperty Property, FieldHome Home, string Name)> PropertiesOf(
        ITypeBase type, FieldHome home, string path) =>
    [
        // The key of an owned type only ties it to its owner.
        .. type.GetProperties().Where(property => home == FieldHome.Model || !property.IsPrimaryKey())
            .Select(property => (property, home, path + property.Name)),
        .. type.GetComplexProperties().Where(complex => !complex.IsCollection)
            .SelectMany(complex => PropertiesOf(complex.ComplexType, home, $"{path}{complex.Name}.")),
        .. OwnedBy(type).SelectMany(owned => PropertiesOf(
            owned.TargetEntityType, home.Owning(owned.ForeignKey), $"{path}{owned.Name}.")),
    ];

    private static IEnumerable<INavigation> OwnedBy(ITypeBase type) => type is IEntityType entity
        ? entity.GetNavigations().Where(n => n is { IsOnDependent: false, IsCollection: false, ForeignKey.IsOwnership: true })
        : [];

    private static Field NewField(IProperty property, FieldHome home, string name, int slot)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        var isCompared = type.IsEnum || ValueKinds.Find(type) is not null;
        if (!isCompared && !property.IsPrimitiveCollection && StoredValue.ConverterOf(property) is { } converter)
            type = Nullable.GetUnderlyingType(converter.ProviderClrType) ?? converter.ProviderClrType;

        return (Field)Activator.CreateInstance(typeof(Field<>).MakeGenericType(type), property, home, name, slot, isCompared)!;
    }
}
