namespace ModelEvents;

/// <summary>An attempt to publish an event.</summary>
/// <param name="Event">The event.</param>
/// <param name="Outbox">The name of its outbox.</param>
/// <param name="Attempt">1 for the first; one more after each refusal.</param>
public sealed record EventDelivery(ModelEvent Event, string Outbox, int Attempt);
