using System.Globalization;
using System.Text;
using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>What a delivered message says beside its body, whatever transport it came by.</summary>
internal sealed record ReceivedMessage
{
    private static readonly long LeastSeconds = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long MostSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
    private static readonly long LeastMilliseconds = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MostMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public string? Exchange { get; init; }

    public string RoutingKey { get; init; } = "";

    public string? MessageId { get; init; }

    public string? Type { get; init; }

    public string? AppId { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Returns the header's value as the transport has it, or <see langword="null"/>.</summary>
    public required Func<string, object?> Header { private get; init; }

    /// <summary>Whether ModelEvents published it.</summary>
    public bool IsModelEvent => Has(EventHeaders.Model) || Has(EventHeaders.Sequence);

    /// <summary>
    /// The event's name. The type says the same as the routing key, and also says it where the message was moved between
    /// queues, which gives it another routing key.
    /// </summary>
    public string Name => IsModelEvent && !string.IsNullOrEmpty(Type) ? Type : RoutingKey;

    public static ReceivedMessage Of(ReceiveContext context) => context.GetOrAddPayload(() =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery) ? Of(delivery) : OfHeaders(context));

    /// <summary>
    /// The header as text: AMQP clients hand it over as text or as bytes. Anything else is no text, and <see langword="null"/>.
    /// </summary>
    public string? Text(string header) => Header(header) switch
    {
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => null,
    };

    /// <summary>The header as a whole number, or <see langword="null"/> where it is none.</summary>
    public long? Number(string header) => Header(header) switch
    {
        long number => number,
        int number => number,
        _ => long.TryParse(Text(header), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null,
    };

    public bool Has(string header) => Header(header) is not null;

    private static ReceivedMessage Of(RabbitMqBasicConsumeContext delivery) => new()
    {
        Exchange = delivery.Exchange,
        RoutingKey = delivery.RoutingKey ?? "",
        MessageId = delivery.Properties.MessageId,
        Type = delivery.Properties.Type,
        AppId = delivery.Properties.AppId,
        Timestamp = delivery.Properties.IsTimestampPresent() ? TimeOf(delivery.Properties.Timestamp.UnixTime) : null,
        Header = name => delivery.Properties.Headers?.TryGetValue(name, out var value) is true ? value : null,
    };

    /// <summary>From a transport that has no properties: see <see cref="PropertyHeaders"/>.</summary>
    private static ReceivedMessage OfHeaders(ReceiveContext context)
    {
        var message = new ReceivedMessage
        {
            Header = name => context.TransportHeaders.TryGetHeader(name, out var value) ? value : null,
        };
        return message with
        {
            RoutingKey = context.TryGetPayload<RoutingKeyConsumeContext>(out var routed) ? routed.RoutingKey ?? "" : "",
            MessageId = message.Text(MessageHeaders.MessageId),
            AppId = message.Text(PropertyHeaders.AppId),
            Timestamp = message.Number(PropertyHeaders.Timestamp) is { } seconds ? TimeOf(seconds) : null,
        };
    }

    /// <summary>
    /// AMQP has whole seconds, where some publishers write milliseconds; what is neither is no time. It is read before
    /// MassTransit would put a message aside, so that an exception here would bring it back for ever.
    /// </summary>
    internal static DateTimeOffset? TimeOf(long number)
    {
        if (number >= LeastSeconds && number <= MostSeconds)
            return DateTimeOffset.FromUnixTimeSeconds(number);
        return number >= LeastMilliseconds && number <= MostMilliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(number)
            : null;
    }
}
