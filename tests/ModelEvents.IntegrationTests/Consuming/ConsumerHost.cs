using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Consuming;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Consuming;

/// <summary>A running service that receives events on RabbitMQ.</summary>
internal sealed class ConsumerHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ConsumerHost(IHost host)
    {
        _host = host;
        Consumed = host.Services.GetRequiredService<Consumed>();
    }

    public Consumed Consumed { get; }

    public IServiceProvider Services => _host.Services;

    public static async Task<ConsumerHost> StartAsync(
        Service service,
        Action<ModelEventsEndpoint, IRegistrationContext> configure,
        Action<IServiceCollection>? register = null,
        Action<IRabbitMqBusFactoryConfigurator, IRegistrationContext>? further = null,
        Uri? broker = null)
    {
        var host = Build(service, configure, register, further, broker);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new ConsumerHost(host);
    }

    public static IHost Build(
        Service service,
        Action<ModelEventsEndpoint, IRegistrationContext> configure,
        Action<IServiceCollection>? register = null,
        Action<IRabbitMqBusFactoryConfigurator, IRegistrationContext>? further = null,
        Uri? broker = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<Consumed>();
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddConsumer<OrderConsumer>();
            bus.AddConsumer<OrderAudit>();
            bus.AddConsumer<CustomerConsumer>();
            bus.AddConsumer<EverythingConsumer>();
            bus.UsingRabbitMq((context, rabbitMq) =>
            {
                rabbitMq.Host(broker ?? TestServices.RabbitMq);
                rabbitMq.ReceiveModelEvents(service.Queue, service.Name, endpoint => configure(endpoint, context));
                further?.Invoke(rabbitMq, context);
            });
        });
        register?.Invoke(builder.Services);
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
