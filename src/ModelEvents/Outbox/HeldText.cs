using ModelEvents.Models;

namespace ModelEvents.Outbox;

/// <summary>
/// What is said of events that are parked until a queue is bound. It stands with them in the outbox, where another process finds
/// them by it.
/// </summary>
internal static class HeldText
{
    /// <summary>What a database compares with, by LIKE, to find what may be held: <see cref="Explains(string, string)"/> tells.</summary>
    public const string Pattern = "The exchange '%' was deleted while events were published to it, and its bindings with it.%";

    /// <summary>Of one event.</summary>
    public static string Of(string service, string name) =>
        $"{Beginning(service)} No queue is bound to it for '{PlainText.InLog(name)}' any more. Bind one: the event is published then by itself.";

    /// <summary>Of the exchange, for the health check.</summary>
    public static string OfLoss(string service, UnroutableEvents unroutable) =>
        $"{Beginning(service)} Events were possibly lost to consumers. Let them bind their queues again. "
        + (unroutable is UnroutableEvents.Count
            ? "What no queue receives until then counts as published, as 'Unroutable' is 'Count'."
            : "What no queue receives until then is parked; to go on without a queue, set 'Unroutable' to 'Count'.");

    /// <summary>Whether a parked event is held until a queue is bound.</summary>
    public static bool Explains(ParkedEvent parked) => Explains(parked.Event, parked.Error);

    /// <inheritdoc cref="Explains(ParkedEvent)"/>
    public static bool Explains(ModelEvent parked, string error) => Explains(parked.Service, error);

    /// <inheritdoc cref="Explains(ParkedEvent)"/>
    public static bool Explains(string service, string error) => error.StartsWith(Beginning(service), StringComparison.Ordinal);

    private static string Beginning(string service) =>
        $"The exchange '{EventNames.ExchangeOf(service)}' was deleted while events were published to it, and its bindings with it.";
}
