using MassTransit;
using MassTransit.Context;
using ModelEvents.Consuming;
using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>Writes an event's wire properties onto MassTransit's message, last before it is sent.</summary>
internal sealed class WirePipe(string contentType, IReadOnlyDictionary<string, object>? properties)
    : IPipe<SendContext<OutgoingEvent>>
{
    private readonly VerbatimSerializer _serializer = new(contentType);

    public Task Send(SendContext<OutgoingEvent> context)
    {
        // MassTransit sends again on its own after some seconds when a channel or connection was lost. By then the event
        // has been reported, and its successors may have been sent.
        if (context.Message.Faulted.IsCompleted)
            throw new OperationCanceledException("The event was given up.");

        var wire = context.Message.Wire;
        if (properties is not null && context is TransportSendContext transport)
            transport.ReadPropertiesFrom(properties);

        context.Serializer = _serializer;
        context.MessageId = wire.MessageId;
        context.CorrelationId = null;
        if (context is RoutingKeySendContext routed)
            routed.RoutingKey = wire.RoutingKey;

        if (context is RabbitMqSendContext rabbit)
            WriteProperties(rabbit, wire);
        else
            WriteHeaders(context.Headers, wire);

        return Task.CompletedTask;
    }

    public void Probe(ProbeContext context) => context.CreateScope("modelEvents");

    private static void WriteProperties(RabbitMqSendContext context, WireMessage wire)
    {
        context.Mandatory = true;
        context.BasicProperties.ContentEncoding = wire.ContentEncoding;
        context.BasicProperties.Type = wire.RoutingKey;
        context.BasicProperties.AppId = wire.AppId;
        context.BasicProperties.Timestamp = new AmqpTimestamp(wire.Timestamp.ToUnixTimeSeconds());
        var headers = new FixedHeaders();
        headers.Become(wire);
        context.BasicProperties.Headers = headers;
    }

    private static void WriteHeaders(SendHeaders headers, WireMessage wire)
    {
        foreach (var (name, value) in wire.Headers)
            headers.Set(name, value);

        headers.Set(PropertyHeaders.AppId, wire.AppId);
        headers.Set(PropertyHeaders.Timestamp, wire.Timestamp.ToUnixTimeSeconds());
    }
}
