namespace ModelEvents;

/// <summary>What surrounds an event's body on the wire.</summary>
public enum EventEnvelope
{
    /// <summary>Nothing: the message is the serializer's JSON.</summary>
    None,

    /// <summary>
    /// CloudEvents 1.0, structured mode, <c>application/cloudevents+json</c>
    /// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md).
    /// </summary>
    CloudEvents,
}
