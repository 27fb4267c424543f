using System.Text.Json;
using System.Text.Json.Nodes;
using ModelEvents.Capture;

namespace ModelEvents.Bodies;

/// <summary>The whole key of an instance; a list of its values where it is composite.</summary>
internal sealed class KeyMember(string name, EntityKey key, JsonSerializerOptions json) : BodyMember(name)
{
    public override void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WritePropertyName(Name);
        key.Write(writer, source.Entry, json);
    }

    public override JsonObject Describe() => key.Describe(json);
}
