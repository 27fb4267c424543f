using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelEvents.Bodies;

/// <summary>A text that is the same in every body.</summary>
internal sealed class ConstantMember(string name, string value) : BodyMember(name)
{
    private readonly JsonEncodedText _value = JsonEncodedText.Encode(value, BodyJson.Encoder);

    public override void Write(Utf8JsonWriter writer, in BodySource source) => writer.WriteString(Name, _value);

    public override JsonObject Describe() => new() { ["type"] = "string", ["const"] = value };
}
