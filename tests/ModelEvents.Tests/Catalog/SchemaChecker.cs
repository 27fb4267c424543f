using System.Text.Json;
using System.Text.RegularExpressions;

namespace ModelEvents.Tests.Catalog;

/// <summary>
/// Checks JSON against the part of JSON Schema that bodies are described with; a keyword beyond it is a mistake too.
/// </summary>
internal sealed class SchemaChecker(JsonElement root)
{
    private static readonly string[] Keywords =
    [
        "$comment", "$ref", "additionalProperties", "anyOf", "const", "contentEncoding", "default", "description",
        "enum", "format", "items", "maxItems", "maxLength", "minItems", "minLength", "pattern", "properties",
        "required", "type",
    ];

    /// <summary>What is wrong with <paramref name="value"/>, each with its place; none if it is valid.</summary>
    public IReadOnlyList<string> MistakesIn(JsonElement value) => [.. Check(root, value, "")];

    private IEnumerable<string> Check(JsonElement schema, JsonElement value, string path)
    {
        if (schema.ValueKind == JsonValueKind.True)
            return [];
        if (schema.TryGetProperty("$ref", out var reference))
            return Check(Find(reference.GetString()!), value, path);

        return
        [
            .. schema.EnumerateObject()
                .Where(keyword => !Keywords.Contains(keyword.Name))
                .Select(keyword => $"{path}: the keyword '{keyword.Name}' is not checked"),
            .. CheckValue(schema, value).Select(mistake => $"{path}: {value.GetRawText()} {mistake}"),
            .. CheckText(schema, value).Select(mistake => $"{path}: {value.GetRawText()} {mistake}"),
            .. CheckObject(schema, value, path),
            .. CheckArray(schema, value, path),
        ];
    }

    private IEnumerable<string> CheckValue(JsonElement schema, JsonElement value)
    {
        if (schema.TryGetProperty("type", out var type) && !IsOfType(value, type))
            yield return $"is not of type {type.GetRawText()}";
        if (schema.TryGetProperty("enum", out var members)
            && !members.EnumerateArray().Any(member => JsonElement.DeepEquals(member, value)))
            yield return $"is not in {members.GetRawText()}";
        if (schema.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value))
            yield return $"is not {constant.GetRawText()}";
        if (schema.TryGetProperty("anyOf", out var choices)
            && !choices.EnumerateArray().Any(choice => !Check(choice, value, "").Any()))
            yield return $"is none of {choices.GetRawText()}";
    }

    private static IEnumerable<string> CheckText(JsonElement schema, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            yield break;

        if (schema.TryGetProperty("format", out var format) && !HasFormat(value, format.GetString()!))
            yield return $"has not the format {format.GetString()}";
        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(value.GetString()!, pattern.GetString()!))
            yield return $"does not match {pattern.GetString()}";
        if (schema.TryGetProperty("contentEncoding", out _) && !value.TryGetBytesFromBase64(out _))
            yield return "is not base64";
        if (schema.TryGetProperty("minLength", out var least) && value.GetString()!.Length < least.GetInt32())
            yield return "is too short";
        if (schema.TryGetProperty("maxLength", out var most) && value.GetString()!.Length > most.GetInt32())
            yield return "is too long";
    }

    private IEnumerable<string> CheckObject(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return [];

        var properties = schema.TryGetProperty("properties", out var described)
            ? described.EnumerateObject().ToDictionary(property => property.Name, property => property.Value)
            : [];
        string[] required = schema.TryGetProperty("required", out var names)
            ? [.. names.EnumerateArray().Select(name => name.GetString()!)]
            : [];
        var others = schema.TryGetProperty("additionalProperties", out var additional) ? additional : (JsonElement?)null;
        return
        [
            .. required.Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{path}: has no '{name}'"),
            .. value.EnumerateObject().SelectMany(property =>
                (properties.TryGetValue(property.Name, out var one) ? one : others) is { } schemaOfOne
                    ? Check(schemaOfOne, property.Value, $"{path}/{property.Name}")
                    : []),
        ];
    }

    private IEnumerable<string> CheckArray(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return [];

        var isTooShort = schema.TryGetProperty("minItems", out var least) && value.GetArrayLength() < least.GetInt32();
        var isTooLong = schema.TryGetProperty("maxItems", out var most) && value.GetArrayLength() > most.GetInt32();
        return
        [
            .. isTooShort || isTooLong ? [$"{path}: has {value.GetArrayLength()} items"] : Array.Empty<string>(),
            .. schema.TryGetProperty("items", out var items)
                ? value.EnumerateArray().SelectMany((item, index) => Check(items, item, $"{path}/{index}"))
                : [],
        ];
    }

    private JsonElement Find(string reference) =>
        reference.Split('/').Skip(1).Aggregate(root, (schema, step) => schema.ValueKind == JsonValueKind.Array
            ? schema[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]
            : schema.GetProperty(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));

    private static bool IsOfType(JsonElement value, JsonElement type) =>
        type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Any(one => IsOfType(value, one))
            : IsOfType(value, type.GetString()!);

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && decimal.IsInteger(value.GetDecimal()),
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind.ToString().Equals(type, StringComparison.OrdinalIgnoreCase),
    };

    private static bool HasFormat(JsonElement value, string format) => format switch
    {
        "uuid" => value.TryGetGuid(out _),
        "date-time" => value.TryGetDateTimeOffset(out _),
        "date" => DateOnly.TryParseExact(value.GetString(), "O", out _),
        _ => false,
    };
}
