using ModelEvents.Consuming;

namespace ModelEvents.Inbox;

/// <summary>That a consumer handled an event. The primary key lets only one of two concurrent deliveries through.</summary>
internal sealed class InboxNote
{
    /// <summary>What fits into a primary key of every provider, beside the event's id.</summary>
    public const int MaxConsumerLength = 256;

    public Guid EventId { get; set; }

    public string Consumer { get; set; } = "";

    public DateTimeOffset HandledAt { get; set; }

    public static InboxNote Of(InboxMessage message, DateTimeOffset now) => new()
    {
        EventId = message.Event.Id,
        Consumer = message.Consumer,
        HandledAt = now,
    };
}
