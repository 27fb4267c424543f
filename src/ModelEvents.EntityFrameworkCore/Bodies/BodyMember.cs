using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Bodies;

/// <summary>One property of a default body: how it is written and, beside it, the JSON Schema of that.</summary>
internal abstract class BodyMember(string name)
{
    public string PropertyName => name;

    /// <summary>Whether every body has it.</summary>
    public virtual bool IsAlwaysWritten => true;

    protected JsonEncodedText Name { get; } = JsonEncodedText.Encode(name, BodyJson.Encoder);

    /// <summary>The property that it is, if it is one of the instance itself.</summary>
    public virtual IProperty? Property => null;

    /// <summary>Whether the database can put the value in its place.</summary>
    public virtual bool CanBePending => false;

    public abstract void Write(Utf8JsonWriter writer, in BodySource source);

    public abstract JsonObject Describe();
}
