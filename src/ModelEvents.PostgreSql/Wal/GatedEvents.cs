namespace ModelEvents.Outbox;

/// <summary>Events of a transaction that nobody may be able to see yet.</summary>
internal sealed record GatedEvents(ModelEvent[] Events, IReadOnlyList<FailedEvent> Failed, WalTransaction Transaction)
{
    /// <summary>How many there are, once for each target.</summary>
    public int Count =>
        Events.Sum(one => one.Targets is { } targets ? targets.Handlers.Count + (targets.Broker ? 1 : 0) : 1);

    /// <summary>When the first of them occurred.</summary>
    public DateTimeOffset? Oldest => Events is [var first, ..] ? first.OccurredAt : null;
}
