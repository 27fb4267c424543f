using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>
/// The properties of one message after the other. The client has written them to its buffer when a publish returns, so a
/// run needs no more than one set.
/// </summary>
internal sealed class WireProperties
{
    private readonly FixedHeaders _headers = [];
    private readonly BasicProperties _properties;

    public WireProperties() =>
        _properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent, Headers = _headers };

    /// <summary>The properties of <paramref name="wire"/>, until the next call.</summary>
    public BasicProperties Of(WireMessage wire)
    {
        _properties.ContentType = wire.ContentType;
        _properties.ContentEncoding = wire.ContentEncoding;
        _properties.MessageId = wire.MessageId.ToString("D");
        _properties.Type = wire.RoutingKey;
        _properties.AppId = wire.AppId;
        _properties.Timestamp = new AmqpTimestamp(wire.Timestamp.ToUnixTimeSeconds());
        _headers.Become(wire);
        return _properties;
    }
}
