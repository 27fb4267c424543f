using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Billing;

/// <summary>What a service that consumes events registers.</summary>
internal static class BillingServices
{
    public static void AddBilling(this IServiceCollection services, string connectionString, string rabbitMq)
    {
        // <registration>
        services.AddDbContext<BillingContext>(options => options.UseNpgsql(connectionString));
        services.AddModelEventsInbox<BillingContext>();
        services.AddMassTransit(bus =>
        {
            bus.AddConsumer<BillWriter>();
            bus.UsingRabbitMq((context, cfg) =>
            {
                cfg.Host(new Uri(rabbitMq));
                cfg.ReceiveModelEvents("billing", "shop", e =>
                {
                    e.On<OrderDto, BillWriter>(context, "order__created", "order__paid", "order__shipped");
                    e.UseInbox<BillingContext>();
                    e.Endpoint.UseMessageRetry(retry => retry.Interval(3, TimeSpan.FromSeconds(1)));
                });
            });
        });
        // </registration>
    }
}
