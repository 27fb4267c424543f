using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using ModelEvents.Capture;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>How values of a property, that are not null, are written as JSON. Chosen once by <see cref="ValueForms"/>.</summary>
internal abstract class ValueForm
{
    /// <summary>Writes a value as the property holds it, before its converter.</summary>
    public abstract void Write(Utf8JsonWriter writer, object value);

    /// <summary>The JSON Schema of what is written.</summary>
    public abstract JsonObject Describe();

    public void WriteOrNull(Utf8JsonWriter writer, object? value)
    {
        if (value is null)
            writer.WriteNullValue();
        else
            Write(writer, value);
    }

    /// <summary>The value as text: what stands in the JSON, without quotes.</summary>
    public string Text(object value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, BodyJson.WriterOptions))
            Write(writer, value);
        return JsonNode.Parse(stream.ToArray())?.ToString() ?? "";
    }
}

/// <summary>JSON has the value as it is stored: after its converter, an enum as its number.</summary>
internal sealed class StoredForm(Type type, ValueConverter? converter, JsonSerializerOptions json) : ValueForm
{
    public ValueConverter? Converter => converter;

    public override void Write(Utf8JsonWriter writer, object value) =>
        JsonSerializer.Serialize(writer, StoredValue.Convert(converter, value), json);

    public override JsonObject Describe() => StoredValue.Describe(type, converter, json);
}

/// <summary>The form that the provider has for JSON columns, such as ISO 8601 of NodaTime's types.</summary>
internal sealed class ProviderForm(JsonValueReaderWriter provider) : ValueForm
{
    public override void Write(Utf8JsonWriter writer, object value) => provider.ToJson(writer, value);

    public override JsonObject Describe() => new()
    {
        ["description"] = $"As the provider writes '{provider.ValueType.Name}' in JSON columns.",
    };
}

/// <summary>The text that the provider writes into SQL, such as <c>[1,5)</c> for a range.</summary>
internal sealed class TextForm(RelationalTypeMapping mapping) : ValueForm
{
    public override void Write(Utf8JsonWriter writer, object value) =>
        writer.WriteStringValue(Unquoted(mapping.GenerateSqlLiteral(value)));

    public override JsonObject Describe() => new()
    {
        ["type"] = "string",
        ["description"] = $"As '{mapping.StoreType}' is written in SQL.",
    };

    /// <summary>What stands between the quotes of a literal, if there are some.</summary>
    public static string Unquoted(string literal)
    {
        var (first, last) = (literal.IndexOf('\'', StringComparison.Ordinal), literal.LastIndexOf('\''));
        return first == last ? literal : literal[(first + 1)..last].Replace("''", "'", StringComparison.Ordinal);
    }
}

/// <summary>A collection of values, each in its own form.</summary>
internal sealed class ListForm(ValueForm element) : ValueForm
{
    public override void Write(Utf8JsonWriter writer, object value)
    {
        writer.WriteStartArray();
        foreach (var one in (IEnumerable)value)
            element.WriteOrNull(writer, one);

        writer.WriteEndArray();
    }

    public override JsonObject Describe() => new()
    {
        ["type"] = "array",
        ["items"] = SchemaReferences.Move(SchemaNull.Allow(element.Describe()), "/items"),
    };
}
