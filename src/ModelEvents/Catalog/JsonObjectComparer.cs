using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace ModelEvents.Catalog;

/// <summary>Compares JSON objects by what they say.</summary>
internal sealed class JsonObjectComparer : IEqualityComparer<JsonObject>
{
    public static JsonObjectComparer Instance { get; } = new();

    public bool Equals(JsonObject? one, JsonObject? other) => JsonNode.DeepEquals(one, other);

    public int GetHashCode([DisallowNull] JsonObject obj) => obj.Count;
}
