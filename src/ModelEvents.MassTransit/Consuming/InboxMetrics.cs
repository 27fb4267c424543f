using System.Diagnostics.Metrics;
using ModelEvents.Diagnostics;

namespace ModelEvents.Consuming;

/// <summary>Counts what inboxes dropped, on the meter <c>ModelEvents</c>.</summary>
internal sealed class InboxMetrics
{
    private readonly Counter<long> _dropped;

    public InboxMetrics(IMeterFactory? meters) =>
        _dropped = (meters?.Create(DispatcherMetrics.MeterName) ?? new Meter(DispatcherMetrics.MeterName))
            .CreateCounter<long>("modelevents.inbox.dropped", "{event}", "Events that an inbox did not let through again.");

    public void Dropped(string consumer, InboxOutcome outcome) => _dropped.Add(
        1,
        new("modelevents.consumer", consumer),
        new("modelevents.outcome", outcome is InboxOutcome.Stale ? "stale" : "duplicate"));
}
