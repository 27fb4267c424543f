using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Benchmarks;

/// <summary>A host that dispatches until the outbox is empty.</summary>
internal sealed class Draining : IDisposable
{
    private readonly BenchmarkDatabase _database;
    private readonly IHost _host;

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
    public async Task RunAsync(Action? progress = null)
    {
        await _host.StartAsync();
        while (await _database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM model_events_outbox)"))
        {
            progress?.Invoke();
            await Task.Delay(20);
        }
    }

    public Task StopAsync() => _host.StopAsync();

    public void Dispose() => _host.Dispose();
}
