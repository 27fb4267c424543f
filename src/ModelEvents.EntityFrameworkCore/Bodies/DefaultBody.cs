using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>The body of a model without a serializer: its mapped properties, read from the entry.</summary>
internal sealed class DefaultBody(IReadOnlyList<BodyMember> members) : IBodyWriter
{
    private readonly BodyMember[] _members = [.. members];

    public bool ReadsInstance => false;

    public bool CanWait(IProperty property) =>
        property.DeclaringType is IEntityType
        && _members.All(member => member.CanBePending || !ReferenceEquals(member.Property, property));

    public void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WriteStartObject();
        foreach (var member in _members)
            member.Write(writer, source);
        writer.WriteEndObject();
    }

    /// <summary>More properties are allowed: a derived type's.</summary>
    public JsonObject Describe()
    {
        var properties = new JsonObject();
        foreach (var member in _members)
        {
            properties[member.PropertyName] = SchemaReferences.Move(
                member.Describe(), $"/properties/{SchemaReferences.Escape(member.PropertyName)}");
        }

        var required = _members.Where(member => member.IsAlwaysWritten).Select(member => (JsonNode)member.PropertyName);
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. required]),
        };
    }
}
