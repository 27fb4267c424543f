using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>How a complex value is written that is read from the object itself: its mapped properties, by their forms.</summary>
internal sealed class ComplexValue(IComplexType type, PropertyNames names, JsonSerializerOptions json)
{
    private readonly (JsonEncodedText Name, IProperty Property, IClrPropertyGetter Getter, ValueForm Form)[] _values =
    [
        .. type.GetProperties().Select(property => (Encode(names.Of(property.Name)), property, property.GetGetter(),
            ValueForms.Get(property, json))),
    ];

    private readonly (JsonEncodedText Name, IComplexProperty Property, IClrPropertyGetter Getter, ComplexValue Value)[] _parts =
    [
        .. type.GetComplexProperties().Select(property => (Encode(names.Of(property.Name)), property, property.GetGetter(),
            new ComplexValue(property.ComplexType, names, json))),
    ];

    /// <summary>Writes the values of a complex collection.</summary>
    public void WriteAll(Utf8JsonWriter writer, object? collection)
    {
        if (collection is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (var one in (IEnumerable)collection)
            Write(writer, one);
        writer.WriteEndArray();
    }

    /// <summary>The JSON Schema of what <see cref="WriteAll"/> writes.</summary>
    public JsonObject DescribeAll() => new()
    {
        ["type"] = "array",
        ["items"] = SchemaReferences.Move(Describe(), "/items"),
    };

    private void Write(Utf8JsonWriter writer, object? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        foreach (var (name, _, getter, form) in _values)
        {
            writer.WritePropertyName(name);
            form.WriteOrNull(writer, getter.GetClrValue(value));
        }

        foreach (var (name, property, getter, part) in _parts)
        {
            writer.WritePropertyName(name);
            if (property.IsCollection)
                part.WriteAll(writer, getter.GetClrValue(value));
            else
                part.Write(writer, getter.GetClrValue(value));
        }

        writer.WriteEndObject();
    }

    private JsonObject Describe()
    {
        var described = _values.Select(value => (value.Name, Nullable(value.Property, value.Form.Describe())))
            .Concat(_parts.Select(part => (part.Name, Nullable(
                part.Property, part.Property.IsCollection ? part.Value.DescribeAll() : part.Value.Describe()))));
        var properties = new JsonObject();
        foreach (var (name, schema) in described)
            properties[name.Value] = SchemaReferences.Move(schema, $"/properties/{SchemaReferences.Escape(name.Value)}");

        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. properties.Select(property => (JsonNode)property.Key)]),
        };
    }

    private static JsonObject Nullable(IProperty property, JsonObject schema) =>
        property.IsNullable ? SchemaNull.Allow(schema) : schema;

    private static JsonObject Nullable(IComplexProperty property, JsonObject schema) =>
        property.IsNullable ? SchemaNull.Allow(schema) : schema;

    private static JsonEncodedText Encode(string name) => JsonEncodedText.Encode(name, BodyJson.Encoder);
}
