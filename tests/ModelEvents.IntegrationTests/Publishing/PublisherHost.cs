using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Diagnostics;
using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

/// <summary>A running application that has a publisher and no dispatcher.</summary>
internal sealed class PublisherHost : IAsyncDisposable
{
    private readonly IHost _host;

    private PublisherHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IEventPublisher Publisher => Services.GetRequiredService<IEventPublisher>();

    /// <summary>What the publisher reports to the health check.</summary>
    public IReadOnlyList<HealthCondition> Conditions => Services.GetRequiredService<HealthConditions>().Current;

    public static PublisherHost Build(Action<ModelEventsBuilder> register, Action<ModelEventsOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<ModelEventsOptions>(options =>
        {
            options.ServiceName = "publisher-tests";
            options.Broker.Uri = TestServices.RabbitMq.ToString();
            configure?.Invoke(options);
        });
        register(new ModelEventsBuilder(builder.Services));
        return new PublisherHost(builder.Build());
    }

    public async Task StartAsync() => await _host.StartAsync(TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(params IReadOnlyList<ModelEvent> events) =>
        await Publisher.PublishAsync(events, TestContext.Current.CancellationToken);

    public async Task StopAsync() => await _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
