using System.Collections;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>
/// What a property's column is read as, and how that becomes its value. An enum type of the database's own, or an array of
/// it, is read as the text of its labels, which only the provider's mapping knows.
/// </summary>
internal static class StoredEnum
{
    /// <summary>The type to read the column as.</summary>
    public static Type TypeOf(IProperty property)
    {
        var type = Unwrap(StoredValue.ConverterOf(property)?.ProviderClrType ?? MappedType(property));
        if (type.IsEnum)
            return typeof(string);

        return ElementOf(property) is null ? type : typeof(string[]);
    }

    /// <summary>The mapping's type, unless it was made for another one.</summary>
    private static Type MappedType(IProperty property) =>
        property.GetTypeMapping().ClrType is var mapped && property.ClrType.IsAssignableFrom(mapped) ? mapped : property.ClrType;

    /// <summary>From a column's value to the property's; <see langword="null"/> where they are the same.</summary>
    public static Func<object?, object?>? ConverterOf(IProperty property)
    {
        if (StoredValue.ConverterOf(property) is { } converter)
            return converter.ConvertFromProvider;

        if (Unwrap(property.ClrType).IsEnum)
        {
            var members = MembersOf(property.GetTypeMapping());
            return label => members[(string)label!];
        }

        return ElementOf(property) is { } element ? CollectionOf(property.ClrType, element) : null;
    }

    /// <summary>The mapping of a collection's elements, if they are of an enum type of the database's.</summary>
    private static CoreTypeMapping? ElementOf(IProperty property) =>
        StoredValue.ConverterOf(property) is null
        && property.GetTypeMapping().ElementTypeMapping is { Converter: null } element
        && Unwrap(element.ClrType).IsEnum
            ? element
            : null;

    private static Func<object?, object?> CollectionOf(Type type, CoreTypeMapping element)
    {
        var members = MembersOf(element);
        return labels =>
        {
            var values = Array.ConvertAll((string?[])labels!, label => label is null ? null : members[label]);
            if (!type.IsArray)
            {
                var list = (IList)Activator.CreateInstance(
                    type.IsInterface ? typeof(List<>).MakeGenericType(element.ClrType) : type)!;
                Array.ForEach(values, value => list.Add(value));
                return list;
            }

            var array = Array.CreateInstance(type.GetElementType()!, values.Length);
            for (var i = 0; i < values.Length; i++)
                array.SetValue(values[i], i);
            return array;
        };
    }

    /// <summary>The members by their labels, which stand quoted in what the provider writes into SQL.</summary>
    private static Dictionary<string, object> MembersOf(CoreTypeMapping mapping)
    {
        var members = new Dictionary<string, object>();
        foreach (var member in Enum.GetValues(Unwrap(mapping.ClrType)).Cast<object>())
        {
            var literal = ((RelationalTypeMapping)mapping).GenerateSqlLiteral(member);
            var label = literal[(literal.IndexOf('\'') + 1)..literal.LastIndexOf('\'')];
            members[label.Replace("''", "'", StringComparison.Ordinal)] = member;
        }

        return members;
    }

    private static Type Unwrap(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
