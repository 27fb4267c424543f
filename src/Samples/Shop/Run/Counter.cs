using ModelEvents.Outbox;

namespace Shop.Run;

/// <summary>Counts committed changes, published events and consumed messages, each at its own place.</summary>
internal sealed class Counter(
    Ledger ledger, PublishedEvents published, Receipts receipts, IEnumerable<IOutboxReader> outboxes)
{
    public async Task<Counts> CountAsync(CancellationToken cancellationToken)
    {
        long waiting = 0, parked = 0;
        foreach (var outbox in outboxes)
        {
            var status = await outbox.GetStatusAsync(cancellationToken);
            waiting += status.Waiting;
            parked += status.Parked;
        }

        return new Counts(ledger.Changes, ledger.RaisedCount, published.Count, receipts.Count, waiting, parked);
    }
}
