namespace ModelEvents.Outbox;

/// <summary>What to keep of an event that could not be published.</summary>
/// <param name="Event">The event.</param>
/// <param name="Attempts">How often publishing it has failed, this time included.</param>
/// <param name="Error">Why, for a person to read.</param>
/// <param name="RetryAfter">How long to leave the event's key alone, or <see langword="null"/> to park the event.</param>
public sealed record FailedEvent(ModelEvent Event, int Attempts, string Error, TimeSpan? RetryAfter);
