using System.Text.Json;

namespace ModelEvents.Bodies;

/// <summary>The body of a model without a serializer: its mapped properties, read from the entry.</summary>
internal sealed class DefaultBody(IReadOnlyList<BodyMember> members) : IBodyWriter
{
    private readonly BodyMember[] _members = [.. members];

    public bool ReadsInstance => false;

    public void Write(Utf8JsonWriter writer, in BodySource source)
    {
        writer.WriteStartObject();
        foreach (var member in _members)
            member.Write(writer, source);
        writer.WriteEndObject();
    }
}
