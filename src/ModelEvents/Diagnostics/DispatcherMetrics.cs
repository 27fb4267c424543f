using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ModelEvents.Diagnostics;

/// <summary>
/// Counts what the dispatcher did, on the meter <c>ModelEvents</c>. Tagged with the outbox and the model, and not with
/// the event's name, which can hold a status from the data.
/// </summary>
internal sealed class DispatcherMetrics
{
    public const string MeterName = "ModelEvents";

    private readonly Counter<long> _published;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _parked;
    private readonly Counter<long> _unroutable;
    private readonly Histogram<double> _delivery;

    public DispatcherMetrics(IMeterFactory? meters = null)
    {
        Meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _published = Meter.CreateCounter<long>(
            "modelevents.published", "{event}", "Events that the broker confirmed.");
        _refused = Meter.CreateCounter<long>(
            "modelevents.refused", "{event}", "Times that an event was refused.");
        _parked = Meter.CreateCounter<long>(
            "modelevents.parked", "{event}", "Events that were given up until someone decides.");
        _unroutable = Meter.CreateCounter<long>(
            "modelevents.unroutable", "{event}", "Events that no queue was bound to receive.");
        _delivery = Meter.CreateHistogram(
            "modelevents.delivery.duration", "s", "Time from the capture of a change to the broker's confirm.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 15, 60, 600],
            });
    }

    public Meter Meter { get; }

    public void Published(string outbox, ModelEvent item, DateTimeOffset now)
    {
        if (!_published.Enabled && !_delivery.Enabled)
            return;

        _published.Add(1, Tags(outbox, item));
        _delivery.Record((now - item.OccurredAt).TotalSeconds, Tags(outbox, item));
    }

    public void Refused(string outbox, ModelEvent item) => _refused.Add(1, Tags(outbox, item));

    public void Parked(string outbox, ModelEvent item) => _parked.Add(1, Tags(outbox, item));

    public void Unroutable(string outbox, ModelEvent item) => _unroutable.Add(1, Tags(outbox, item));

    private static TagList Tags(string outbox, ModelEvent item) => new()
    {
        { "modelevents.outbox", outbox },
        { "modelevents.model", item.Model },
    };
}
