using MassTransit;
using MassTransit.Transports.Fabric;
using Microsoft.Extensions.DependencyInjection;
using Shop.Run;

namespace Shop;

/// <summary>The receiving side: one durable queue, bound to the exchanges of both services, read one by one.</summary>
internal static class ShopQueue
{
    private const string Name = "shop-sample";

    private static readonly string[] Exchanges = ["shop.events", "billing.events"];

    /// <summary>Reads the queue on RabbitMQ, or only declares it.</summary>
    public static void AddShopQueue(this IServiceCollection services, string rabbitMq, bool declareOnly) =>
        services.AddShopQueue(bus => bus.UsingRabbitMq((context, factory) =>
        {
            factory.Host(new Uri(rabbitMq));
            factory.DeployTopologyOnly = declareOnly;

            // <queue>
            factory.ReceiveEndpoint(Name, endpoint =>
            {
                foreach (var exchange in Exchanges)
                {
                    endpoint.Bind(exchange, binding =>
                    {
                        binding.ExchangeType = "topic";
                        binding.RoutingKey = "#";
                    });
                }

                endpoint.ConfigureConsumeTopology = false;
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
                endpoint.ConfigureConsumer<EventPrinter>(context);
            });
            // </queue>
        }));

    /// <summary>The same on MassTransit's in-memory transport.</summary>
    public static void AddEmbeddedShopQueue(this IServiceCollection services) =>
        services.AddShopQueue(bus => bus.UsingInMemory((context, factory) =>
            factory.ReceiveEndpoint(Name, endpoint =>
            {
                foreach (var exchange in Exchanges)
                    endpoint.Bind(exchange, ExchangeType.Topic, "#");

                endpoint.ConfigureConsumeTopology = false;
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
                endpoint.ConfigureConsumer<EventPrinter>(context);
            })));

    private static void AddShopQueue(this IServiceCollection services, Action<IBusRegistrationConfigurator> transport)
    {
        // Events that no queue receives are gone: the queue is there before the dispatcher starts.
        services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            options.WaitUntilStarted = true;
            options.StartTimeout = TimeSpan.FromSeconds(30);
        });
        services.AddSingleton<Receipts>();
        services.AddMassTransit(bus =>
        {
            bus.AddConsumer<EventPrinter>();
            transport(bus);
        });
    }
}
