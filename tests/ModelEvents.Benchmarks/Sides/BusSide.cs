using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ExchangeType = RabbitMQ.Client.ExchangeType;

namespace ModelEvents.Benchmarks;

/// <summary>Publishing with MassTransit after the save, and waiting for the confirms. A crash between loses events.</summary>
internal sealed class BusSide : Side
{
    private readonly ServiceProvider _services;
    private readonly IBusControl _bus;

    private BusSide(BenchmarkDatabase database, ServiceProvider services)
        : base("MassTransit after the save", database)
    {
        _services = services;
        _bus = services.GetRequiredService<IBusControl>();
    }

    protected override IServiceProvider Services => _services;

    public static async Task<BusSide> ConnectAsync(BenchmarkDatabase database, BenchmarkSettings settings)
    {
        var services = database.PlainServices().AddLogging().AddMassTransit(bus => bus.UsingRabbitMq((_, broker) =>
        {
            broker.Host(settings.RabbitMq);
            Configure<GuidRow>(broker);
            Configure<IdentityRow>(broker);
        })).BuildServiceProvider();
        var side = new BusSide(database, services);
        await side._bus.StartAsync();
        return side;
    }

    public override async ValueTask DisposeAsync()
    {
        await _bus.StopAsync();
        await _services.DisposeAsync();
    }

    protected override async Task SaveAsync(BenchmarkContext context, IReadOnlyList<object> added)
    {
        await context.SaveChangesAsync();
        await Task.WhenAll(added.Select(row => _bus.Publish(
            row, row.GetType(), message => message.Headers.Set(KeyHeader, RowMessage.KeyOf(row)))));
    }

    /// <summary>To the exchange of all sides, so that the same queue gets it.</summary>
    private static void Configure<TRow>(IRabbitMqBusFactoryConfigurator broker)
        where TRow : class
    {
        broker.Message<TRow>(message => message.SetEntityName(Backlog.Exchange));
        broker.Publish<TRow>(message =>
            (message.ExchangeType, message.Durable, message.AutoDelete) = (ExchangeType.Topic, true, false));
    }
}
