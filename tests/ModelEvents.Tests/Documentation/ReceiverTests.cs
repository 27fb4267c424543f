using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop;

namespace ModelEvents.Tests.Documentation;

/// <summary>A delegate as a receiver, as the README shows it.</summary>
public sealed class ReceiverTests : IDisposable
{
    private readonly ServiceProvider _services;

    public ReceiverTests()
    {
        var services = new ServiceCollection();
        services.AddDbContext<ShopContext>(options => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}"));
        services.AddModelEvents(options => (options.ServiceName, options.AllowEmpty) = ("shop", true)).Capture<ShopContext>();
        _services = services.BuildServiceProvider();
    }

    [Fact]
    public void A_delegate_saves_a_customer_with_each_new_order_until_it_is_disconnected()
    {
        using var scope = _services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<ShopContext>();

        Import(_services.GetRequiredService<IModelReceivers>(), context);
        context.Add(new Order { Number = "2026-3" });
        context.SaveChanges();

        Assert.Equal(["of 2026-1", "of 2026-2"], context.Set<Customer>().Select(customer => customer.FullName).Order());
    }

    public void Dispose() => _services.Dispose();

    private static void Import(IModelReceivers receivers, ShopContext context)
    {
        // <delegate>
        using var connection = receivers.AfterSave<Order>((order, save, cancellationToken) =>
        {
            save.Using.Add(new Customer { FullName = $"of {order.Number}" });
            return save.Using.SaveChangesAsync(cancellationToken);
        });

        context.AddRange(new Order { Number = "2026-1" }, new Order { Number = "2026-2" });
        context.SaveChanges();
        // </delegate>
    }

    private sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Order>();
            modelBuilder.Entity<Customer>();
        }
    }
}
