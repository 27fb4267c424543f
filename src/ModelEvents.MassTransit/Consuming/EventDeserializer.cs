using System.Net.Mime;
using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using ModelEvents.Publishing;

namespace ModelEvents.Consuming;

/// <summary>Reads plain JSON bodies, each only as the types that are subscribed to its event.</summary>
internal sealed class EventDeserializer : IMessageDeserializer, ISerializerFactory
{
    private const RawSerializerOptions RawOptions = RawSerializerOptions.AnyMessageType | RawSerializerOptions.CopyHeaders;

    private readonly SystemTextJsonRawMessageSerializer _plain = new(RawOptions);
    private readonly Subscriptions _subscriptions;
    private readonly JsonSerializerOptions _options;

    public EventDeserializer(Subscriptions subscriptions, JsonSerializerOptions options)
    {
        _subscriptions = subscriptions;
        _options = new JsonSerializerOptions(options);
        _options.Converters.Add(new ContractConverterFactory());
    }

    public ContentType ContentType { get; } = new("application/json");

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        var message = ReceivedMessage.Of(receiveContext);
        return new EventConsumeContext(receiveContext, new EventSerializerContext(
            type => _subscriptions.Reads(message, type),
            _options,
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
        var body = Parse(context.Body.GetBytes());
        return string.Equals(context.ContentType?.MediaType, CloudEvent.ContentType, StringComparison.OrdinalIgnoreCase)
            ? DataOf(body)
            : body;
    }

    private JsonElement DataOf(JsonElement envelope)
    {
        if (envelope.TryGetProperty("data", out var data))
            return data;
        return envelope.TryGetProperty("data_base64", out var bytes)
            ? Parse(bytes.GetBytesFromBase64())
            : throw new JsonException("The CloudEvent has no data, so that it cannot be read as what is subscribed to it.");
    }

    // Others than ModelEvents may begin a body with a byte order mark.
    private JsonElement Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<JsonElement>(
        json.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json, _options);
}
