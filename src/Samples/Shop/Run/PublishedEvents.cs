using System.Diagnostics.Metrics;

namespace Shop.Run;

/// <summary>Counts published events by the metric that ModelEvents reports, as a monitoring system would.</summary>
internal sealed class PublishedEvents : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public PublishedEvents()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "ModelEvents", Name: "modelevents.published" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _count, value));
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
