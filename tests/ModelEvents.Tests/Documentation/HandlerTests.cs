using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Dispatching;
using Shop;

namespace ModelEvents.Tests.Documentation;

/// <summary>How handlers are registered and switched, as the README shows it.</summary>
public sealed class HandlerTests
{
    private const string SwitchedOff =
        """
        // <switch>
        {
          "ModelEvents": {
            "Handlers": {
              "stock": { "Enabled": false }
            }
          }
        }
        // </switch>
        """;

    [Fact]
    public async Task A_handler_is_switched_off_and_on_by_its_name_and_the_other_goes_on()
    {
        var configuration = new TestConfiguration(SwitchedOff);
        var calls = new ConcurrentQueue<string>();
        await using var services = NewShop(configuration.Root, calls);
        foreach (var hosted in services.GetServices<IHostedService>())
            await hosted.StartAsync(TestContext.Current.CancellationToken);

        Sell(services, "2026-1");
        await DispatcherHost.EventuallyAsync(() => !calls.IsEmpty);
        configuration.Replace("""{ "ModelEvents": {} }""");
        Sell(services, "2026-2");
        await DispatcherHost.EventuallyAsync(() => calls.Count == 3);
        foreach (var hosted in services.GetServices<IHostedService>().Reverse())
            await hosted.StopAsync(CancellationToken.None);

        Assert.Equal(
            ["ShippingNotes order__created 1", "ShippingNotes order__created 2", "StockKeeper order__created 2"], calls.Order());
    }

    private static ServiceProvider NewShop(IConfiguration configuration, ConcurrentQueue<string> calls)
    {
        var name = $"{Guid.CreateVersion7()}";
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(calls);
        services.AddDbContext<ShopContext>(options => options.UseInMemoryDatabase(name));
        services.Configure<ModelEventsOptions>(options =>
        {
            options.ServiceName = "shop";
            options.Model<Order>();
        });

        // <registration>
        services.AddModelEvents(configuration)
            .Capture<ShopContext>()
            .AddEventHandler<ShippingNotes>()
            .AddEventHandler<StockKeeper>("stock");
        // </registration>

        return services.BuildServiceProvider();
    }

    private static void Sell(ServiceProvider services, string number)
    {
        using var scope = services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<ShopContext>();
        context.Add(new Order { Number = number });
        context.SaveChanges();
    }

    private sealed class ShippingNotes(ConcurrentQueue<string> calls) : CallNoting(calls);

    private sealed class StockKeeper(ConcurrentQueue<string> calls) : CallNoting(calls);

    private abstract class CallNoting(ConcurrentQueue<string> calls) : IEventHandler
    {
        public bool Wants(string eventName) => eventName.StartsWith("order__", StringComparison.Ordinal);

        public Task HandleAsync(ModelEvent e, CancellationToken ct)
        {
            calls.Enqueue($"{GetType().Name} {e.Name} {e.Key}");
            return Task.CompletedTask;
        }
    }

    private sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Order>();
    }
}
