using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Bodies;

/// <summary>A complex collection, written as its objects are.</summary>
internal sealed class InstanceMember(string name, IPropertyBase property, JsonSerializerOptions json) : BodyMember(name)
{
    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        JsonSerializer.Serialize(writer, source.Entry.GetCurrentValue(property), property.ClrType, json);
    }
}
