using ModelEvents.Dispatching;
using ModelEvents.Outbox;

namespace ModelEvents.Receivers;

/// <summary>Tells receivers of the attempts to publish events.</summary>
internal sealed class DeliveryReceivers(
    LifeCycleReceivers<IEventStarted> started, LifeCycleReceivers<IEventFinished> finished, TimeProvider time)
{
    public Task StartedAsync(string outbox, IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken) =>
        started.CallAsync(
            entries,
            (receiver, entry) => receiver.EventStartedAsync(DeliveryOf(outbox, entry), cancellationToken),
            isRobust: true);

    public Task FinishedAsync(
        string outbox,
        IReadOnlyList<OutboxEntry> entries,
        DeliveredBatch batch,
        DateTimeOffset startedAt,
        CancellationToken cancellationToken)
    {
        if (!finished.Any)
            return Task.CompletedTask;

        var results = new Results(batch, time.GetUtcNow() - startedAt);
        return finished.CallAsync(
            entries,
            (receiver, entry) => receiver.EventFinishedAsync(
                DeliveryOf(outbox, entry), results.Of(entry.Event), cancellationToken),
            isRobust: true);
    }

    private static EventDelivery DeliveryOf(string outbox, OutboxEntry entry) =>
        new(entry.Event, outbox, entry.Attempts + 1) { Handler = entry.Event.Handler };

    /// <summary>What a batch says of its events.</summary>
    private sealed class Results(DeliveredBatch batch, TimeSpan duration)
    {
        private readonly HashSet<Guid> _published = [.. batch.Published.Select(item => item.Id)];
        private readonly ILookup<Guid, FailedEvent> _failed = batch.Failed.ToLookup(failed => failed.Event.Id);

        public DeliveryResult Of(ModelEvent item)
        {
            if (_published.Contains(item.Id))
                return new DeliveryResult(DeliveryOutcome.Published, duration, Error: null);

            return _failed[item.Id].LastOrDefault() is { } failed
                ? new DeliveryResult(OutcomeOf(failed), duration, failed.Error)
                : new DeliveryResult(
                    DeliveryOutcome.Failed, duration, batch.Unavailable ?? "The publisher held the event back.");
        }

        private static DeliveryOutcome OutcomeOf(FailedEvent failed) =>
            failed.RetryAfter is null ? DeliveryOutcome.Parked : DeliveryOutcome.Failed;
    }
}
