using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Bodies;

namespace ModelEvents.Capture;

/// <summary>Tells whether two values of a property are the same.</summary>
internal sealed class ValueEquality
{
    private const string Annotation = "ModelEvents:ValueEquality";

    private readonly ValueComparer _comparer;
    private readonly Lazy<ValueForm?> _form;

    private ValueEquality(IProperty property)
    {
        _comparer = property.GetValueComparer();
        _form = new(() => ByReference(property) ? FormOf(property) : null);
    }

    /// <summary>That of a property, worked out once for each model.</summary>
    public static ValueEquality Of(IProperty property) =>
        property.GetOrAddRuntimeAnnotationValue(Annotation, static its => new ValueEquality(its!), property);

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
