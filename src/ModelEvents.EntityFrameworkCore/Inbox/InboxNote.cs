using System.ComponentModel;
using ModelEvents.Consuming;

namespace ModelEvents.Inbox;

/// <summary>
/// That a consumer handled an event. The primary key lets only one of two concurrent deliveries through.
/// Public only for EF Core: its proxies derive from it, and its compiled models name it. Not to be used in code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public class InboxNote
{
    /// <summary>What fits into a primary key of every provider, beside the event's id.</summary>
    internal const int MaxConsumerLength = 256;

    /// <summary>The id of the event.</summary>
    public virtual Guid EventId { get; set; }

    /// <summary>The consumer.</summary>
    public virtual string Consumer { get; set; } = "";

    /// <summary>When it was handled.</summary>
    public virtual DateTimeOffset HandledAt { get; set; }

    internal static InboxNote Of(InboxMessage message, DateTimeOffset now) => new()
    {
        EventId = message.Event.Id,
        Consumer = message.Consumer,
        HandledAt = now,
    };
}
