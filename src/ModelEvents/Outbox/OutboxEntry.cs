namespace ModelEvents.Outbox;

/// <summary>An event as claimed from an outbox.</summary>
/// <param name="Event">The event, with its <see cref="ModelEvent.Sequence"/>.</param>
/// <param name="Attempts">How often publishing it has failed so far.</param>
public sealed record OutboxEntry(ModelEvent Event, int Attempts);
