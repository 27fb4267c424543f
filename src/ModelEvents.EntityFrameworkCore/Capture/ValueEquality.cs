using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Bodies;

namespace ModelEvents.Capture;

/// <summary>Tells whether two values of a property are the same.</summary>
internal sealed class ValueEquality(IProperty property)
{
    private readonly ValueComparer _comparer = property.GetValueComparer();
    private readonly Lazy<ValueForm?> _form = new(() => ByReference(property) ? FormOf(property) : null);

    public bool AreEqual(object? one, object? other) => _comparer.Equals(one, other) || AreWrittenAlike(one, other);

    /// <summary>
    /// Whether two instances are written alike of a type that only knows which instance it is, such as
    /// <see cref="System.Collections.BitArray"/>: EF Core takes an equal one for a change.
    /// </summary>
    private bool AreWrittenAlike(object? one, object? other) =>
        one is not null && other is not null && _form.Value is { } form && form.Text(one) == form.Text(other);

    private static ValueForm? FormOf(IProperty property) => ValueForms.Of(property, JsonSerializerOptions.Default);

    private static bool ByReference(IProperty property)
    {
        var comparer = property.GetValueComparer().GetType();
        var kind = comparer.IsGenericType ? comparer.GetGenericTypeDefinition() : comparer;
        if (kind == typeof(ListOfValueTypesComparer<,>) || kind == typeof(ListOfNullableValueTypesComparer<,>))
            return false;

        return kind == typeof(ListOfReferenceTypesComparer<,>) && property.GetElementType() is { } element
            ? ByReference(element.ClrType)
            : ByReference(property.ClrType);
    }

    private static bool ByReference(Type type) =>
        (type != typeof(byte[]) && type.GetMethod(nameof(Equals), [typeof(object)])?.DeclaringType == typeof(object))
        || (Nullable.GetUnderlyingType(type) ?? type) == typeof(JsonElement);
}
