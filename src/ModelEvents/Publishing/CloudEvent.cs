using System.Buffers;
using System.Text.Json;

namespace ModelEvents.Publishing;

/// <summary>
/// Wraps an event's body in a CloudEvents 1.0 envelope, structured mode
/// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md).
/// </summary>
internal static class CloudEvent
{
    public const string ContentType = "application/cloudevents+json";

    public static ReadOnlyMemory<byte> Wrap(ModelEvent source)
    {
        var buffer = new ArrayBufferWriter<byte>(source.Body.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        WriteContext(json, source);
        json.WritePropertyName("data");
        json.WriteRawValue(source.Body.Span, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteContext(Utf8JsonWriter json, ModelEvent source)
    {
        json.WriteString("specversion", "1.0");
        json.WriteString("id", source.Id);
        json.WriteString("source", Uri.EscapeDataString(source.Service));
        json.WriteString("type", PlainText.Of(source.Name));

        // Optional, and never empty.
        if (source.Key.Length > 0)
            json.WriteString("subject", PlainText.Of(source.Key));
        json.WriteString("time", source.OccurredAt);
        json.WriteString("datacontenttype", "application/json");
        if (source.Headers.TryGetValue(EventHeaders.TraceParent, out var traceParent) && PlainText.Is(traceParent))
            json.WriteString(EventHeaders.TraceParent, traceParent);
    }
}
