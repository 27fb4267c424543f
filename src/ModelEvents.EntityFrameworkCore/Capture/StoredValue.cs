using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

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
}
