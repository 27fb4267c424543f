using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>
/// What a property's column is read as, and how that becomes its value. An enum type of the database's own is read as the
/// text of its labels, which differ from the members' names in case and underscores at most.
/// </summary>
internal static class StoredEnum
{
    /// <summary>The type to read the column as.</summary>
    public static Type TypeOf(IProperty property)
    {
        var type = Unwrap(StoredValue.ConverterOf(property)?.ProviderClrType ?? property.GetTypeMapping().ClrType);
        return type.IsEnum ? typeof(string) : type;
    }

    /// <summary>From a column's value to the property's; <see langword="null"/> where they are the same.</summary>
    public static Func<object?, object?>? ConverterOf(IProperty property)
    {
        if (StoredValue.ConverterOf(property) is { } converter)
            return converter.ConvertFromProvider;

        var type = Unwrap(property.ClrType);
        if (!type.IsEnum)
            return null;

        var members = Enum.GetNames(type).ToDictionary(Plain, name => Enum.Parse(type, name), StringComparer.OrdinalIgnoreCase);
        return label => members[Plain((string)label!)];
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal);

    private static Type Unwrap(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
