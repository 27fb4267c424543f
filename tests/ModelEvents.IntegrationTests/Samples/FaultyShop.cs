using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Testing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Samples;

/// <summary>A shop of the same name and the same orders, whose publisher has faults.</summary>
internal sealed class FaultyShop : IAsyncDisposable
{
    private readonly IHost _host;

    private FaultyShop(IHost host) => _host = host;

    public FaultyPublisher Publisher => _host.Services.GetRequiredService<FaultyPublisher>();

    public static async Task<FaultyShop> OpenAsync(TestDatabase database, Action<PublisherFaults> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddDbContext<OrdersContext>(options => options.UseNpgsql(database.ConnectionString).AmongMany());
        builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = "shop";
                options.Broker.Uri = TestServices.RabbitMq.OriginalString;
                options.Model<Order>(model => model.StatusField(order => order.Status));
            })
            .Capture<OrdersContext>()
            .UsePostgreSql()
            .PublishWithMassTransit();
        builder.Services.AddFaultyPublisher(configure);

        var host = builder.Build();
        await using (var scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<OrdersContext>().Database.EnsureCreatedAsync();
        await host.StartAsync();
        return new FaultyShop(host);
    }

    /// <summary>Creates, pays and ships that many orders, numbered as the sample does.</summary>
    public async Task SellAsync(int orders)
    {
        for (var number = 1; number <= orders; number++)
        {
            await using var scope = _host.Services.CreateAsyncScope();
            var shop = scope.ServiceProvider.GetRequiredService<OrdersContext>();
            var order = new Order { Number = $"2026-{number:D5}", Total = 10 + number };
            shop.Add(order);
            foreach (var status in new[] { "created", "paid", "shipped" })
            {
                order.Status = status;
                await shop.SaveChangesAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    public sealed class Order
    {
        public long Id { get; set; }

        public required string Number { get; set; }

        public string Status { get; set; } = "";

        public decimal Total { get; set; }
    }

    public sealed class OrdersContext(DbContextOptions<OrdersContext> options) : DbContext(options)
    {
        public DbSet<Order> Orders => Set<Order>();
    }
}
