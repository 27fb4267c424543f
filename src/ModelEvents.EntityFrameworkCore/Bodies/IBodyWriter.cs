using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Bodies;

/// <summary>Writes the body of an event.</summary>
internal interface IBodyWriter
{
    /// <summary>Whether it reads the instance itself, so that generated values must be on it.</summary>
    bool ReadsInstance { get; }

    /// <summary>Whether it can be written while the database has yet to generate this value.</summary>
    bool CanWait(IProperty property);

    void Write(Utf8JsonWriter writer, in BodySource source);

    /// <summary>The JSON Schema of what is written.</summary>
    JsonObject Describe();
}
