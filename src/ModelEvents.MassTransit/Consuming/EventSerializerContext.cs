using System.Net.Mime;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace ModelEvents.Consuming;

/// <summary>The body of one message, and what it may be read as.</summary>
internal sealed class EventSerializerContext(
    Predicate<Type> reads,
    JsonSerializerOptions options,
    ContentType contentType,
    MessageContext message,
    RawSerializerOptions rawOptions,
    JsonElement body)
    : SystemTextJsonRawSerializerContext(
        SystemTextJsonMessageSerializer.Instance, options, contentType, message, [], rawOptions, body)
{
    public override bool IsSupportedMessageType<T>() => reads(typeof(T));

    public override bool IsSupportedMessageType(Type messageType) => reads(messageType);
}
