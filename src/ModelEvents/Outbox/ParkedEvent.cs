namespace ModelEvents.Outbox;

/// <summary>An event that was given up and waits for a decision: retry it or discard it.</summary>
/// <param name="Event">The event.</param>
/// <param name="Attempts">How often publishing it has failed.</param>
/// <param name="ParkedAt">When it was parked.</param>
/// <param name="Error">Why it could not be published.</param>
public sealed record ParkedEvent(ModelEvent Event, int Attempts, DateTimeOffset ParkedAt, string Error);
