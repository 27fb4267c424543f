using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Diagnostics;
using ModelEvents.Publishing;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Diagnostics;

public sealed class MetricsTests
{
    [Fact]
    public async Task Outcomes_are_counted_for_each_outbox_and_model()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.MaxAttempts = 2);
        using var collected = new Collected(host);
        host.Publisher.Outcome = item => item.Name switch
        {
            "poison" => FakePublisher.Refused("no"),
            "unheard" => new(PublishStatus.Unroutable),
            _ => PublishOutcome.Confirmed,
        };
        host.Outbox.Commit("a", "poison");
        host.Outbox.Commit("b", "unheard", "heard");
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(2, collected.Sum("modelevents.published"));
        Assert.Equal(1, collected.Sum("modelevents.unroutable"));
        Assert.Equal(2, collected.Sum("modelevents.refused"));
        Assert.Equal(1, collected.Sum("modelevents.parked"));
        Assert.All(collected.Tags, tags => Assert.Equal("ShopContext Shop.Order", tags));
    }

    [Fact]
    public async Task The_delivery_duration_runs_from_the_change_to_the_confirm_in_seconds()
    {
        await using var host = new DispatcherHost();
        using var collected = new Collected(host);
        host.Outbox.Commit("a", "a1");
        host.Clock.AdvanceToNext(host.Now.AddSeconds(42));
        await host.StartAsync();

        await host.RunUntilAsync(() => host.Outbox.Waiting.Length == 0);

        Assert.Equal(42, collected.Sum("modelevents.delivery.duration"));
    }

    [Fact]
    public async Task The_outbox_is_counted_only_for_someone_who_collects_and_at_most_every_ten_seconds()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.MaxAttempts = 1);
        host.Publisher.Outcome = item => item.Key == "a" ? PublishOutcome.Held : FakePublisher.Refused("no");
        host.Outbox.Commit("a", "a1", "a2");
        host.Outbox.Commit("b", "b1");
        await host.StartAsync();
        await host.RunUntilAsync(() => host.Outbox.Parked.Length == 1);
        Assert.Equal(0, host.Outbox.Count("GetStatusAsync"));

        using var collected = new Collected(host);
        collected.Collect();
        await DispatcherHost.EventuallyAsync(() => host.Outbox.Count("GetStatusAsync") == 1);
        await DispatcherHost.EventuallyAsync(() => collected.Collect().ContainsKey("modelevents.outbox.waiting"));
        for (var scrape = 0; scrape < 100; scrape++)
            collected.Collect();
        Assert.Equal(1, host.Outbox.Count("GetStatusAsync"));

        host.Clock.AdvanceToNext(host.Now.AddSeconds(60));
        await DispatcherHost.EventuallyAsync(() => host.Clock.Sleepers == 1);
        var age = (host.Now - new ManualTimeProvider().GetUtcNow()).TotalSeconds;
        var latest = collected.Collect();
        Assert.Equal(2, latest["modelevents.outbox.waiting"]);
        Assert.Equal(1, latest["modelevents.outbox.parked"]);
        Assert.Equal(age, latest["modelevents.outbox.oldest"]);
    }

    [Fact]
    public async Task Gauges_show_nothing_while_the_database_is_away()
    {
        await using var host = new DispatcherHost();
        host.Outbox.Fault = member => member == "GetStatusAsync" ? new IOException("away") : null;
        await host.StartAsync();
        using var collected = new Collected(host);

        collected.Collect();
        await DispatcherHost.EventuallyAsync(() => host.Log.Lines(1109).Length == 1);

        Assert.Empty(collected.Collect());
    }

    /// <summary>Listens to the meter of one host.</summary>
    private sealed class Collected : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _measured = [];

        public Collected(DispatcherHost host)
        {
            var meter = host.Services.GetRequiredService<DispatcherMetrics>().Meter;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.Start();
        }

        public IEnumerable<string> Tags => _measured.Select(measured => measured.Tags);

        public double Sum(string name) => _measured.Where(measured => measured.Name == name).Sum(measured => measured.Value);

        public Dictionary<string, double> Collect()
        {
            _measured.Clear();
            _listener.RecordObservableInstruments();
            return _measured.ToDictionary(measured => measured.Name, measured => measured.Value);
        }

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _measured.Enqueue((instrument.Name, value, string.Join(' ', tags.ToArray().Select(tag => tag.Value))));
    }
}
