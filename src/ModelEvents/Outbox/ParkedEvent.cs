namespace ModelEvents.Outbox;

/// <summary>An event that was given up and waits for a decision: retry it or discard it.</summary>
/// <param name="Event">The event.</param>
/// <param name="Attempts">How often publishing or handling it has failed.</param>
/// <param name="ParkedAt">When it was parked.</param>
/// <param name="Error">Why it it could not be published or handled.</param>
public sealed record ParkedEvent(ModelEvent Event, int Attempts, DateTimeOffset ParkedAt, string Error)
{
    /// <summary>The handler that could not handle it, or <see langword="null"/> where it could not be published.</summary>
    public string? Handler { get; init; }
}
