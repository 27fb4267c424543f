using ModelEvents.Outbox;
using ModelEvents.Publishing;
using ModelEvents.Receivers;

namespace ModelEvents.Dispatching;

/// <summary>
/// Hands a claimed batch to the <see cref="IEventPublisher"/>: what failed before goes alone, so that an event that takes
/// the broker's channel down is found out and takes no other with it.
/// </summary>
internal sealed class BatchPublisher(
    IEventPublisher publisher,
    OutcomeSettlement settlement,
    ExchangeWatch exchanges,
    PublishTurns turns,
    DeliveryReceivers receivers,
    TimeProvider time)
{
    /// <summary>Publishes what was claimed and enters what became of it in <paramref name="batch"/>.</summary>
    public async Task PublishAsync(
        string outbox, IReadOnlyList<OutboxEntry> claimed, DeliveredBatch batch, CancellationToken cancellationToken)
    {
        foreach (var group in Split(claimed))
        {
            var entries = Unsettled(outbox, group, batch);
            if (entries.Count > 0)
                await PublishGroupAsync(outbox, entries, batch, cancellationToken).ConfigureAwait(false);
            if (batch.Unavailable is not null)
                break;
        }

        if (batch is { HasOutcomes: false, Unavailable: null })
            batch.SetUnavailable("The publisher held every event back.", exception: null);
    }

    /// <summary>The batch in its own order, cut before and after every event that failed before.</summary>
    private static IEnumerable<IReadOnlyList<OutboxEntry>> Split(IReadOnlyList<OutboxEntry> claimed)
    {
        var first = 0;
        while (first < claimed.Count && claimed[first].Attempts == 0)
            first++;
        if (first == claimed.Count)
        {
            yield return claimed;
            yield break;
        }

        List<OutboxEntry> together = [];
        foreach (var entry in claimed)
        {
            if (entry.Attempts == 0)
            {
                together.Add(entry);
                continue;
            }

            yield return together;
            yield return [entry];
            together = [];
        }

        yield return together;
    }

    /// <summary>Those of which is yet to be found out what becomes of them.</summary>
    private IReadOnlyList<OutboxEntry> Unsettled(string outbox, IReadOnlyList<OutboxEntry> group, DeliveredBatch batch)
    {
        List<OutboxEntry>? unsettled = null;
        for (var index = 0; index < group.Count; index++)
        {
            if (!settlement.IsSettledBefore(outbox, group[index], batch))
                unsettled?.Add(group[index]);
            else
                unsettled ??= [.. group.Take(index)];
        }

        return unsettled ?? group;
    }

    private async Task PublishGroupAsync(
        string outbox, IReadOnlyList<OutboxEntry> entries, DeliveredBatch batch, CancellationToken cancellationToken)
    {
        await receivers.StartedAsync(outbox, entries, cancellationToken).ConfigureAwait(false);
        var started = time.GetUtcNow();
        try
        {
            for (var left = entries; left.Count > 0;)
                left = await PublishOnceAsync(outbox, left, batch, started, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            batch.SetUnavailable(exception.Message, exception);
        }

        await receivers.FinishedAsync(outbox, entries, batch, started, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes; returns those that were only held back until it was known what became of an earlier one.</summary>
    private async Task<IReadOnlyList<OutboxEntry>> PublishOnceAsync(
        string outbox,
        IReadOnlyList<OutboxEntry> entries,
        DeliveredBatch batch,
        DateTimeOffset started,
        CancellationToken cancellationToken)
    {
        var events = EventsOf(entries);
        var outcomes = entries[0].Attempts > 0
            ? await PublishAloneAsync(events, cancellationToken).ConfigureAwait(false)
            : await PublishBesideOthersAsync(events, cancellationToken).ConfigureAwait(false);
        ThrowUnlessEachHasAnOutcome(events.Length, outcomes.Count);
        var isDecided = AreUnsure(outcomes);
        if (isDecided)
            outcomes = await exchanges.DecideAsync(outbox, entries, outcomes, cancellationToken).ConfigureAwait(false);

        List<OutboxEntry>? left = null;
        for (var i = 0; i < entries.Count; i++)
        {
            var isFree = isDecided && outcomes[i].Status is PublishStatus.Held && batch.Unavailable is null
                && !batch.Holds(entries[i].Event);
            if (isFree)
                (left ??= []).Add(entries[i]);
            else
                settlement.Settle(outbox, entries[i], outcomes[i], started, batch);
        }

        return left ?? [];
    }

    private static bool AreUnsure(IReadOnlyList<PublishOutcome> outcomes)
    {
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i].IsUnsure)
                return true;
        }

        return false;
    }

    private static ModelEvent[] EventsOf(IReadOnlyList<OutboxEntry> entries)
    {
        var events = new ModelEvent[entries.Count];
        for (var index = 0; index < events.Length; index++)
            events[index] = entries[index].Event;

        return events;
    }

    private async Task<IReadOnlyList<PublishOutcome>> PublishBesideOthersAsync(
        ModelEvent[] events, CancellationToken cancellationToken)
    {
        await turns.BeginSharedAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await publisher.PublishAsync(events, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turns.EndShared();
        }
    }

    private async Task<IReadOnlyList<PublishOutcome>> PublishAloneAsync(
        ModelEvent[] events, CancellationToken cancellationToken)
    {
        await turns.BeginAloneAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await publisher.PublishAsync(events, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turns.EndAlone();
        }
    }

    private void ThrowUnlessEachHasAnOutcome(int events, int outcomes)
    {
        if (events != outcomes)
        {
            throw new InvalidOperationException(
                $"The publisher '{publisher.GetType()}' reported {outcomes} outcomes for {events} events. "
                + "Return one outcome for each event, in the same positions.");
        }
    }
}
