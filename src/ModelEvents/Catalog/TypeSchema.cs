using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ModelEvents.Catalog;

/// <summary>The JSON Schema of what System.Text.Json writes for a CLR type.</summary>
internal static class TypeSchema
{
    private static readonly JsonSchemaExporterOptions Options = new() { TransformSchemaNode = Complete };

    /// <summary>
    /// The schema of a value of <paramref name="type"/>, which is not null unless the type is <see cref="Nullable{T}"/>.
    /// </summary>
    public static JsonObject Of(Type type, JsonSerializerOptions json)
    {
        json.MakeReadOnly(populateMissingResolver: true);
        var schema = ToObject(json.GetJsonSchemaAsNode(type, Options));
        return Nullable.GetUnderlyingType(type) is null ? SchemaNull.Forbid(schema) : SchemaNull.Allow(schema);
    }

    /// <summary>What the exporter leaves out although the writer is sure of it.</summary>
    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema || schema.ContainsKey("$ref"))
            return node;

        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(byte[]) || type == typeof(Memory<byte>) || type == typeof(ReadOnlyMemory<byte>))
            schema["contentEncoding"] = "base64";
        else if (type == typeof(TimeOnly))
            schema.Remove("format"); // JSON Schema's 'time' has an offset, which a TimeOnly has not.
        else if (type.IsEnum && !schema.ContainsKey("enum"))
            schema["description"] = EnumMembers.Describe(type, member => Convert.ChangeType(
                member, Enum.GetUnderlyingType(type), System.Globalization.CultureInfo.InvariantCulture));
        else if (schema["properties"] is JsonObject properties)
            Require(schema, properties, context.TypeInfo);

        if (DescriptionOf(context) is { } description)
            schema["description"] = description;
        return type == context.TypeInfo.Type ? schema : SchemaNull.Allow(schema);
    }

    private static string? DescriptionOf(JsonSchemaExporterContext context) =>
        context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true)
            is [DescriptionAttribute { Description: var description }, ..] ? description : null;

    /// <summary>Requires what is always written; the exporter requires what must be there when reading.</summary>
    private static void Require(JsonObject schema, JsonObject properties, JsonTypeInfo type)
    {
        foreach (var unread in type.Properties.Where(property => property.Get is null))
            properties.Remove(unread.Name);

        var isSelective = type.Options.DefaultIgnoreCondition != JsonIgnoreCondition.Never;
        var required = type.Properties
            .Where(property => !isSelective && property is { Get: not null, ShouldSerialize: null })
            .Select(property => property.Name)
            .Where(properties.ContainsKey)
            .Select(name => (JsonNode)name);
        schema["required"] = new JsonArray([.. required]);
    }

    private static JsonObject ToObject(JsonNode schema) => schema as JsonObject ?? [];
}
