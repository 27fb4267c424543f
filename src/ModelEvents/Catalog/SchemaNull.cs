using System.Text.Json.Nodes;

namespace ModelEvents.Catalog;

/// <summary>Says in a JSON Schema whether null is a value.</summary>
internal static class SchemaNull
{
    /// <summary>Changes <paramref name="schema"/> so that null is a value too.</summary>
    public static JsonObject Allow(JsonObject schema)
    {
        switch (schema["type"])
        {
            case JsonArray types when !types.Any(IsNullType):
                types.Add("null");
                break;
            case JsonValue type:
                schema["type"] = new JsonArray(type.DeepClone(), "null");
                break;
        }

        if (schema["enum"] is JsonArray members && !members.Contains(null))
            members.Add(null);
        if (schema["anyOf"] is JsonArray choices && !choices.Any(choice => IsNullType(choice?["type"])))
            choices.Add(new JsonObject { ["type"] = "null" });
        return schema;
    }

    /// <summary>Changes <paramref name="schema"/> so that null is no value.</summary>
    public static JsonObject Forbid(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
        {
            types.RemoveAll(IsNullType);
            if (types.Count == 1)
                schema["type"] = types[0]!.DeepClone();
        }

        (schema["enum"] as JsonArray)?.RemoveAll(member => member is null);
        return schema;
    }

    private static bool IsNullType(JsonNode? type) => type is JsonValue value && value.ToString() == "null";
}
