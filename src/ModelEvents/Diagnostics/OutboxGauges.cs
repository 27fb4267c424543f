using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using ModelEvents.Outbox;

namespace ModelEvents.Diagnostics;

/// <summary>What waits in each outbox, as gauges on the meter <c>ModelEvents</c>.</summary>
internal sealed class OutboxGauges(DispatcherMetrics metrics, TimeProvider time, ILogger<OutboxGauges> log)
{
    /// <summary>Makes the gauges; the outboxes are asked only while someone collects them.</summary>
    public void Observe(IReadOnlyList<IOutboxReader> outboxes)
    {
        var snapshots = outboxes.Select(outbox => new OutboxSnapshot(outbox, time, log)).ToArray();
        metrics.Meter.CreateObservableGauge(
            "modelevents.outbox.waiting", () => Read<long>(snapshots, status => status.Waiting),
            "{event}", "Events that the broker has not confirmed yet.");
        metrics.Meter.CreateObservableGauge(
            "modelevents.outbox.parked", () => Read<long>(snapshots, status => status.Parked),
            "{event}", "Events given up until someone decides.");
        metrics.Meter.CreateObservableGauge(
            "modelevents.outbox.oldest", () => Read<double>(snapshots, status => OldestAge(status)),
            "s", "Age of the oldest event that the broker has not confirmed yet.");
        metrics.Meter.CreateObservableGauge(
            "modelevents.wal.retained", () => Read(snapshots, status => status.RetainedBytes),
            "By", "Write-ahead log that the database keeps for events which wait in it.");
    }

    private double OldestAge(OutboxStatus status) =>
        status.OldestWaiting is { } oldest ? (time.GetUtcNow() - oldest).TotalSeconds : 0;

    private static IEnumerable<Measurement<T>> Read<T>(OutboxSnapshot[] snapshots, Func<OutboxStatus, T?> value)
        where T : struct =>
        from snapshot in snapshots
        let status = snapshot.Latest
        where status is not null
        let measured = value(status)
        where measured is not null
        let tag = new KeyValuePair<string, object?>("modelevents.outbox", snapshot.Name)
        select new Measurement<T>(measured.Value, tag);
}
