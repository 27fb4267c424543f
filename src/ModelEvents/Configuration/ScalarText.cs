using System.Globalization;
using System.Reflection;

namespace ModelEvents.Configuration;

/// <summary>Reads single values as they are written in a configuration.</summary>
internal static class ScalarText
{
    /// <summary>The type that <paramref name="property"/> holds, if it is given at all.</summary>
    public static Type TypeOf(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    /// <summary>Whether <paramref name="type"/> is a single value.</summary>
    public static bool CanParse(Type type) =>
        type.IsEnum
        || type == typeof(string)
        || type == typeof(bool)
        || type == typeof(int)
        || type == typeof(TimeSpan);

    /// <summary>The value, or <see langword="null"/> if <paramref name="text"/> is none of that type.</summary>
    public static object? Parse(string text, Type type) =>
        type == typeof(string) ? text
        : type == typeof(bool) ? bool.TryParse(text, out var flag) ? flag : null
        : type == typeof(int) ? int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null
        : type == typeof(TimeSpan) ? TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null
        : ParseEnum(text, type);

    /// <summary>What may be written for <paramref name="type"/>.</summary>
    public static string Allowed(Type type) =>
        type == typeof(string) ? "a text"
        : type == typeof(bool) ? "'true' or 'false'"
        : type == typeof(int) ? "a whole number"
        : type == typeof(TimeSpan) ? "a time span such as '00:00:15'"
        : Nearest.Quote(Enum.GetNames(type), "or");

    // Enum.TryParse would take numbers and lists of names as well.
    private static object? ParseEnum(string text, Type type) =>
        Array.Find(Enum.GetNames(type), name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } member
            ? Enum.Parse(type, member)
            : null;
}
