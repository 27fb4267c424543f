using ModelEvents.Models;

namespace ModelEvents.Consuming;

/// <summary>What can be subscribed to: a service's event, or all of them.</summary>
internal readonly record struct Subject(string Service, string Name)
{
    /// <summary>In place of a name: whatever the service publishes.</summary>
    public const string Everything = "#";

    private const string ExchangeSuffix = ".events";

    public Subject OfAll => this with { Name = Everything };

    public static Subject Of(string service, string name) => new(service, Checked(name));

    /// <summary>The subject of a message that does not say its service comes from <paramref name="fallback"/>.</summary>
    public static Subject Of(ReceivedMessage message, string fallback) =>
        new(ServiceOf(message) ?? fallback, message.Name);

    /// <summary>The subject of a message, where it says its service itself.</summary>
    public static Subject? Of(ReceivedMessage message) =>
        ServiceOf(message) is { } service ? new Subject(service, message.Name) : null;

    // That of a record would show OfAll, and for it OfAll, without an end.
    public override string ToString() => $"'{Name}' of '{Service}'";

    private static string? ServiceOf(ReceivedMessage message) => message switch
    {
        { IsModelEvent: true, AppId.Length: > 0 } => message.AppId,
        { Exchange: { } exchange } when exchange.EndsWith(ExchangeSuffix, StringComparison.Ordinal) =>
            exchange[..^ExchangeSuffix.Length],
        _ => null,
    };

    private static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (EventNames.IsTooLong(name))
            throw new ArgumentException(
                $"The event name '{name}' is longer than the {EventNames.MaxBytes} bytes that AMQP can carry. Shorten it.");

        if (!PlainText.Is(name))
            throw new ArgumentException(
                $"The event name '{PlainText.Of(name)}' has a control character in it, which no event name has: write it as "
                + "'%0A' stands for a line feed in the name of a status.");

        if (name != Everything && name.AsSpan().ContainsAny('*', '#'))
            throw new ArgumentException(
                $"The event name '{name}' is a pattern, but a name is a single word to RabbitMQ, inside of which nothing can "
                + $"be left open. Give the names in full, or '{Everything}' alone for all events of the service.");

        return name;
    }
}
