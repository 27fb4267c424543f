using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using ModelEvents.Capture;

namespace ModelEvents.Bodies;

/// <summary>A property that is written as the database holds it: after its value converter, an enum as its number.</summary>
internal sealed class StoredMember(
    string name, IProperty property, ValueConverter? converter, JsonSerializerOptions json) : BodyMember(name)
{
    public override IProperty Property => property;

    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        JsonSerializer.Serialize(
            writer, StoredValue.Convert(converter, source.Entry.GetCurrentValue(property)), json);
    }

    public override JsonObject Describe() => StoredValue.Describe(property, converter, json);
}
