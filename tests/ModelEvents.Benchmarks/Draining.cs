using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Publishing;

namespace ModelEvents.Benchmarks;

/// <summary>A host that dispatches until the outbox is empty.</summary>
internal sealed class Draining : IDisposable
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MeterListener _meters = new();
    private readonly IHost _host;
    private readonly int _events;
    private long _published;
    private long _ended;

    public Draining(
        BenchmarkDatabase database, BenchmarkSettings settings, DeliveryMode delivery, Drain drain, int events)
    {
        _events = events;
        var builder = Host.CreateApplicationBuilder();
        foreach (var service in database.CaptureServices(options =>
        {
            options.Dispatcher.Enabled = true;
            options.Delivery = delivery;
            options.Broker.Uri = settings.RabbitMq.ToString();
        }))
            builder.Services.Add(service);

        var modelEvents = new ModelEventsBuilder(builder.Services);
        _ = drain is Drain.MassTransit ? modelEvents.PublishWithMassTransit() : modelEvents.PublishToRabbitMq();
        var publisher = builder.Services.Single(service => service.ServiceType == typeof(IEventPublisher));
        builder.Services.Replace(ServiceDescriptor.Singleton<IEventPublisher>(
            services => new TimedPublisher((IEventPublisher)publisher.ImplementationFactory!(services))));
        builder.Logging.ClearProviders();
        _host = builder.Build();
    }

    /// <summary>
    /// Starts the host, and returns at which rate it published: from the first event that is handed to the publisher, which
    /// connects then as the raw client does, until nothing waits any more.
    /// </summary>
    public async Task<double> RunAsync(Action? progress = null)
    {
        _meters.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "modelevents.published")
                meters.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((_, published, _, _) => Note(published));
        _meters.Start();

        await _host.StartAsync();
        while (await Task.WhenAny(_drained.Task, Task.Delay(5)) != _drained.Task)
            progress?.Invoke();

        await _host.StopAsync();
        var publisher = (TimedPublisher)_host.Services.GetRequiredService<IEventPublisher>();
        return _events / Stopwatch.GetElapsedTime(publisher.Started, _ended).TotalSeconds;
    }

    public void Dispose()
    {
        _meters.Dispose();
        _host.Dispose();
    }

    private void Note(long published)
    {
        if (Interlocked.Add(ref _published, published) != _events)
            return;

        _ended = Stopwatch.GetTimestamp();
        _drained.TrySetResult();
    }
}
