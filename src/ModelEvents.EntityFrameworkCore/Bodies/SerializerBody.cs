using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Serialization;

namespace ModelEvents.Bodies;

/// <summary>The body of a model with a serializer of its own.</summary>
internal sealed class SerializerBody(BodySerializer serializer) : IBodyWriter
{
    public bool ReadsInstance => true;

    public bool CanWait(IProperty property) => false;

    public void Write(Utf8JsonWriter writer, in BodySource source) =>
        serializer.Write(writer, source.Entry.ToEntityEntry().Entity);

    public JsonObject Describe() => serializer.Describe();
}
