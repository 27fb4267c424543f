using System.Text.Json;

namespace ModelEvents.Bodies;

/// <summary>One property of a default body.</summary>
internal abstract class BodyMember(string name)
{
    protected JsonEncodedText Name { get; } = JsonEncodedText.Encode(name, BodyJson.Encoder);

    public abstract void Write(Utf8JsonWriter writer, in BodySource source);
}
