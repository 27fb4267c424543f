using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Bodies;

/// <summary>
/// Decides how values of a property are written: as they are stored where JSON has such values, else in the provider's form
/// for JSON columns, else as the text that the provider writes into SQL.
/// </summary>
internal static class ValueForms
{
    private const string LiteralMethod = "GenerateNonNullSqlLiteral";

    /// <summary>The form; <see langword="null"/> where there is none.</summary>
    public static ValueForm? Of(IProperty property, JsonSerializerOptions json)
    {
        var (mapping, converter) = (property.GetTypeMapping(), StoredValue.ConverterOf(property));
        if (mapping.ElementTypeMapping is { } element && IsList(converter) && !property.ClrType.IsVariableBoundArray)
            return OfList(property.ClrType, element, converter, json);

        return OfValue(property.ClrType, mapping, converter, property.GetJsonValueReaderWriter(), json);
    }

    /// <summary>The form.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static ValueForm Get(IProperty property, JsonSerializerOptions json) =>
        Of(property, json) ?? throw new InvalidOperationException(
            $"The property '{property.Name}' of '{property.DeclaringType.DisplayName()}' {NoForm(property)}");

    /// <summary>What is wrong with a property that has no form, and what to do.</summary>
    public static string NoForm(IProperty property) =>
        $"has values of '{TypeNames.Of(property.ClrType)}' (in '{property.DeclaringType.ShortName()}.{property.Name}'), which JSON "
        + "cannot show and the provider has no form for. Give it a value converter ('HasConversion'), add a converter of its "
        + "type to 'Json', or, unless it is a key, leave it out by 'Exclude' or name a 'Serializer'.";

    /// <summary>A provider without arrays keeps lists as JSON text.</summary>
    private static bool IsList(ValueConverter? converter) => converter is null || converter.ProviderClrType == typeof(string);

    private static ValueForm? OfList(
        Type type, CoreTypeMapping element, ValueConverter? converter, JsonSerializerOptions json) =>
        OfValue(element.Converter?.ModelClrType ?? element.ClrType, element, element.Converter, provider: null, json) switch
        {
            null => null,
            StoredForm { Converter: null } when converter is null => new StoredForm(type, converter: null, json),
            { } form => new ListForm(form),
        };

    private static ValueForm? OfValue(
        Type type, CoreTypeMapping mapping, ValueConverter? converter, JsonValueReaderWriter? provider, JsonSerializerOptions json)
    {
        type = Unwrap(type);
        var stored = Unwrap(converter?.ProviderClrType ?? type);
        var inJson = stored.IsEnum ? null : json.GetTypeInfo(stored);
        if (inJson is null || IsOfJson(inJson) || IsJsonColumn(mapping))
            return new StoredForm(type, converter, json);
        if ((provider ?? mapping.JsonValueReaderWriter) is { } known)
            return new ProviderForm(known);
        if (mapping is RelationalTypeMapping relational && HasLiteral(relational, type))
            return new TextForm(relational);

        return inJson.Properties.Count > 0 ? new StoredForm(type, converter, json) : null;
    }

    /// <summary>Whether JSON shows values of a type: single ones, or lists or dictionaries of such.</summary>
    private static bool IsOfJson(JsonTypeInfo type) => type.Kind switch
    {
        // Of types that have no form in JSON, such as 'int[,]', the serializer says so only when it writes one.
        JsonTypeInfoKind.None => type.Converter.GetType().Name != "UnsupportedTypeConverter`1",
        JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary =>
            type.ElementType is { } element && element != typeof(object) && IsOfJson(type.Options.GetTypeInfo(element)),
        _ => false,
    };

    private static bool IsJsonColumn(CoreTypeMapping mapping) =>
        mapping is RelationalTypeMapping { StoreType: "json" or "jsonb" };

    /// <summary>
    /// Whether the provider says how values stand in SQL. A mapping that was made for another type cannot write them, and one
    /// of arrays writes no dimensions.
    /// </summary>
    private static bool HasLiteral(RelationalTypeMapping mapping, Type type) =>
        (mapping.Converter is not null || (mapping.ClrType == type && !type.IsVariableBoundArray))
        && mapping.GetType().GetMethod(LiteralMethod, BindingFlags.Instance | BindingFlags.NonPublic)?.DeclaringType
            != typeof(RelationalTypeMapping);

    private static Type Unwrap(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
