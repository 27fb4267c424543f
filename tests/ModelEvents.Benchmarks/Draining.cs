using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Benchmarks;

/// <summary>A host that dispatches until the outbox is empty.</summary>
internal sealed class Draining : IDisposable
{
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MeterListener _meters = new();
    private readonly BenchmarkDatabase _database;
    private readonly IHost _host;
    private long _left;

    public Draining(BenchmarkDatabase database, BenchmarkSettings settings, Drain drain)
    {
        _database = database;
        var builder = Host.CreateApplicationBuilder();
        foreach (var service in database.CaptureServices(options =>
        {
            options.Dispatcher.Enabled = true;
            options.Broker.Uri = settings.RabbitMq.ToString();
        }))
            builder.Services.Add(service);

        var modelEvents = new ModelEventsBuilder(builder.Services);
        _ = drain is Drain.MassTransit ? modelEvents.PublishWithMassTransit() : modelEvents.PublishToRabbitMq();
        builder.Logging.ClearProviders();
        _host = builder.Build();
    }

    /// <summary>Starts the host and returns when nothing waits any more.</summary>
    public async Task RunAsync(int events, Action? progress = null)
    {
        _left = events;
        _meters.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "modelevents.published")
                meters.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((_, published, _, _) => Note(published));
        _meters.Start();

        await _host.StartAsync();
        while (await Task.WhenAny(_published.Task, Task.Delay(20)) != _published.Task)
            progress?.Invoke();

        // Not asked before, as it reads past all that was deleted.
        while (await _database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM model_events_outbox_packs)"))
            await Task.Delay(1);
    }

    public Task StopAsync() => _host.StopAsync();

    public void Dispose()
    {
        _meters.Dispose();
        _host.Dispose();
    }

    private void Note(long published)
    {
        if (Interlocked.Add(ref _left, -published) <= 0)
            _published.TrySetResult();
    }
}
