using System.Text;
using ModelEvents.Consuming;

namespace ModelEvents.Tests.Consuming;

/// <summary>Messages as a transport hands them over.</summary>
internal static class Messages
{
    public static readonly Guid Id = Guid.Parse("019b0000-0000-7000-8000-000000000001");

    /// <summary>The headers of an update as RabbitMQ.Client delivers them: text as bytes, the sequence as a number.</summary>
    public static Dictionary<string, object?> Headers() => new()
    {
        [EventHeaders.Model] = Encoding.UTF8.GetBytes("Shop.Order"),
        [EventHeaders.Action] = Encoding.UTF8.GetBytes("updated"),
        [EventHeaders.Key] = Encoding.UTF8.GetBytes("Zoë"),
        [EventHeaders.Sequence] = 42L,
        [EventHeaders.PreviousSequence] = 41L,
        [EventHeaders.Changed] = Encoding.UTF8.GetBytes("status,total"),
        [EventHeaders.PreviousStatus] = Encoding.UTF8.GetBytes("open"),
    };

    public static ReceivedMessage With(Dictionary<string, object?> headers) => new()
    {
        Exchange = "shop.events",
        RoutingKey = "order__shipped",
        Type = "order__shipped",
        AppId = "shop",
        MessageId = Id.ToString(),
        Timestamp = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Header = name => headers.GetValueOrDefault(name),
    };

    public static ReceivedMessage With(string header, object? value)
    {
        var headers = Headers();
        headers[header] = value;
        return With(headers);
    }

    public static ReceivedMessage Foreign(string? messageId) => With([]) with { AppId = null, Type = null, MessageId = messageId };
}
