using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ModelEvents.Diagnostics;

/// <summary>
/// Counts what the dispatcher did, on the meter <c>ModelEvents</c>. Tagged with the outbox, the model and the handler, if it
/// is about one, and not with the event's name, which can hold a status from the data.
/// </summary>
internal sealed class DispatcherMetrics
{
    public const string MeterName = "ModelEvents";

    private readonly Counter<long> _published;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _parked;
    private readonly Counter<long> _unroutable;
    private readonly Histogram<double> _delivery;
    private readonly Counter<long> _handled;
    private readonly Counter<long> _handlerFailed;
    private readonly Histogram<double> _handling;

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
            advice: Durations);
        _handled = Meter.CreateCounter<long>(
            "modelevents.handled", "{event}", "Events that a handler handled.");
        _handlerFailed = Meter.CreateCounter<long>(
            "modelevents.handler.failed", "{event}", "Times that a handler failed.");
        _handling = Meter.CreateHistogram(
            "modelevents.handling.duration", "s", "Time from the capture of a change until a handler has handled it.",
            advice: Durations);
    }

    public Meter Meter { get; }

    private static InstrumentAdvice<double> Durations { get; } = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 15, 60, 600],
    };

    public void Published(string outbox, ModelEvent item, DateTimeOffset now)
    {
        var (count, duration) = item.Handler is null ? (_published, _delivery) : (_handled, _handling);
        if (!count.Enabled && !duration.Enabled)
            return;

        count.Add(1, Tags(outbox, item));
        duration.Record((now - item.OccurredAt).TotalSeconds, Tags(outbox, item));
    }

    public void Refused(string outbox, ModelEvent item) =>
        (item.Handler is null ? _refused : _handlerFailed).Add(1, Tags(outbox, item));

    public void Parked(string outbox, ModelEvent item) => _parked.Add(1, Tags(outbox, item));

    public void Unroutable(string outbox, ModelEvent item) => _unroutable.Add(1, Tags(outbox, item));

    private static TagList Tags(string outbox, ModelEvent item)
    {
        var tags = new TagList
        {
            { "modelevents.outbox", outbox },
            { "modelevents.model", item.Model },
        };
        if (item.Handler is { } handler)
            tags.Add("modelevents.handler", handler);

        return tags;
    }
}
