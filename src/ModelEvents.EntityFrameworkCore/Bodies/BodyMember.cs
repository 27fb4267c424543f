using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelEvents.Bodies;

/// <summary>One property of a default body: how it is written and, beside it, the JSON Schema of that.</summary>
internal abstract class BodyMember(string name)
{
    public string PropertyName => name;

    /// <summary>Whether every body has it.</summary>
    public virtual bool IsAlwaysWritten => true;

    protected JsonEncodedText Name { get; } = JsonEncodedText.Encode(name, BodyJson.Encoder);

    public abstract void Write(Utf8JsonWriter writer, in BodySource source);

    public abstract JsonObject Describe();
}
