namespace ModelEvents.Outbox;

/// <summary>What was read of the table.</summary>
/// <param name="Packs">The events of each pack.</param>
/// <param name="Failed">Those of them that cannot be published.</param>
internal sealed record UnpackedEvents(
    IReadOnlyList<(ModelEvent[] Events, EventGroup Pack)> Packs, IReadOnlyList<FailedEvent> Failed)
{
    public static UnpackedEvents None { get; } = new([], []);
}
