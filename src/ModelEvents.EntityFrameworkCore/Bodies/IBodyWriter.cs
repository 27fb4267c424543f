using System.Text.Json;

namespace ModelEvents.Bodies;

/// <summary>Writes the body of an event.</summary>
internal interface IBodyWriter
{
    /// <summary>Whether it reads the instance itself, so that generated values must be on it.</summary>
    bool ReadsInstance { get; }

    void Write(Utf8JsonWriter writer, in BodySource source);
}
