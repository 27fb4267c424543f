using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>A complex collection, written as its objects are.</summary>
internal sealed class InstanceMember(string name, IComplexProperty property, JsonSerializerOptions json) : BodyMember(name)
{
    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        JsonSerializer.Serialize(writer, source.Entry.GetCurrentValue(property), property.ClrType, json);
    }

    public override JsonObject Describe()
    {
        var schema = TypeSchema.Of(property.ClrType, json);
        return property.IsNullable ? SchemaNull.Allow(schema) : schema;
    }
}
