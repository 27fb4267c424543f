using System.Net.Mime;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using ModelEvents.Publishing;

namespace ModelEvents.Consuming;

/// <summary>Reads plain JSON bodies, each only as the types that are subscribed to its event.</summary>
internal sealed class EventDeserializer(Subscriptions subscriptions, JsonSerializerOptions options)
    : IMessageDeserializer, ISerializerFactory
{
    private const RawSerializerOptions RawOptions = RawSerializerOptions.AnyMessageType | RawSerializerOptions.CopyHeaders;

    private readonly SystemTextJsonRawMessageSerializer _plain = new(RawOptions);

    public ContentType ContentType { get; } = new("application/json");

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        var message = ReceivedMessage.Of(receiveContext);
        return new BodyConsumeContext(receiveContext, new EventSerializerContext(
            type => subscriptions.Reads(message, type),
            options,
            ContentType,
            new RawMessageContext(receiveContext.TransportHeaders, receiveContext.InputAddress, RawOptions),
            RawOptions,
            BodyOf(receiveContext)));
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        _plain.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => _plain.GetMessageBody(text);

    public IMessageSerializer CreateSerializer() => _plain;

    public IMessageDeserializer CreateDeserializer() => this;

    public void Probe(ProbeContext context) => context.CreateScope("modelEvents").Add("contentType", ContentType.MediaType);

    // GetBytes: on RabbitMQ, MassTransit 8.4 cannot give the body as text.
    private JsonElement BodyOf(ReceiveContext context)
    {
        var body = JsonSerializer.Deserialize<JsonElement>(context.Body.GetBytes(), options);
        return context.ContentType?.MediaType == CloudEvent.ContentType ? body.GetProperty("data") : body;
    }
}
