namespace ModelEvents.Publishing;

/// <summary>What became of an event that was handed to a publisher.</summary>
public enum PublishStatus
{
    /// <summary>The broker confirmed it.</summary>
    Confirmed,

    /// <summary>The broker confirmed it, but no queue was bound to receive it.</summary>
    Unroutable,

    /// <summary>The broker or its client refused this event, or closed the channel it was on. It counts as an attempt.</summary>
    Refused,

    /// <summary>The broker could not be reached or went away: says nothing about the event and counts no attempt.</summary>
    Unavailable,

    /// <summary>
    /// The broker is there, but the exchange of the event's service is missing, declared otherwise or closed to this user:
    /// says nothing about the event and counts no attempt. Events of other services go on.
    /// </summary>
    NoExchange,

    /// <summary>Not sent, because an earlier event of the same model and key was not confirmed.</summary>
    Held,

    /// <summary>
    /// The broker confirmed it, but no queue was bound to receive it, since its exchange was deleted while events were published
    /// to it: it is parked, and published again by itself once a queue is bound.
    /// </summary>
    Unbound,
}
