namespace ModelEvents;

/// <summary>An attempt to publish an event, or to have it handled.</summary>
/// <param name="Event">The event.</param>
/// <param name="Outbox">The name of its outbox.</param>
/// <param name="Attempt">1 for the first; one more after each that failed.</param>
public sealed record EventDelivery(ModelEvent Event, string Outbox, int Attempt)
{
    /// <summary>The handler that is called, or <see langword="null"/> where the event goes to the broker.</summary>
    public string? Handler { get; init; }
}
