using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using ModelEvents.Catalog;

namespace ModelEvents.Capture;

/// <summary>A property's value as the database holds it.</summary>
internal static class StoredValue
{
    /// <summary>The converter in effect: the property's own or its type mapping's.</summary>
    public static ValueConverter? ConverterOf(IProperty property) =>
        property.GetTypeMapping().Converter ?? property.GetValueConverter();

    /// <summary>The value after <paramref name="converter"/>; an enum that is not converted becomes its number.</summary>
    public static object? Convert(ValueConverter? converter, object? value)
    {
        if (converter is not null)
            value = converter.ConvertToProvider(value);

        return value is Enum member
            ? System.Convert.ChangeType(
                member, Enum.GetUnderlyingType(member.GetType()), System.Globalization.CultureInfo.InvariantCulture)
            : value;
    }

    /// <summary>The JSON Schema of what <see cref="Convert"/> returns for values of <paramref name="type"/>.</summary>
    public static JsonObject Describe(Type type, ValueConverter? converter, JsonSerializerOptions json)
    {
        type = Unwrap(type);
        var stored = Unwrap(converter?.ProviderClrType ?? type);
        var schema = TypeSchema.Of(stored.IsEnum ? Enum.GetUnderlyingType(stored) : stored, json);
        if (type.IsEnum)
            schema["description"] = EnumMembers.Describe(type, member => Convert(converter, member));
        return schema;
    }

    private static Type Unwrap(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
