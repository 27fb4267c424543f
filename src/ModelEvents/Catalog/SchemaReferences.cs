using System.Text.Json.Nodes;

namespace ModelEvents.Catalog;

/// <summary>Keeps the references in a JSON Schema right when it becomes a part of another document.</summary>
internal static class SchemaReferences
{
    private const string Reference = "$ref";

    /// <summary>
    /// <paramref name="schema"/>, whose references count from its own root, for the place <paramref name="pointer"/>
    /// (https://www.rfc-editor.org/rfc/rfc6901) in another schema.
    /// </summary>
    public static JsonObject Move(JsonObject schema, string pointer)
    {
        MoveAll(schema, pointer);
        return schema;
    }

    /// <summary>A property's name as a part of a pointer.</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static void MoveAll(JsonNode? node, string pointer)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                MoveAll(item, pointer);
        }
        else if (node is JsonObject schema)
        {
            if (schema[Reference] is JsonValue value && value.TryGetValue(out string? target) && target.StartsWith('#'))
                schema[Reference] = $"#{pointer}{target[1..]}";

            foreach (var (_, child) in schema)
                MoveAll(child, pointer);
        }
    }
}
