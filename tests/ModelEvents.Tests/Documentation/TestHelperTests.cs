using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Testing;
using Shop;

namespace ModelEvents.Tests.Documentation;

/// <summary>The test helper as the README shows it.</summary>
public sealed class TestHelperTests : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly ShopContext _context;
    private readonly ModelEventRecorder _recorder;

    public TestHelperTests()
    {
        // <recorder>
        var services = new ServiceCollection();
        services.AddDbContext<ShopContext>(options => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}"));
        services.AddModelEvents(options =>
        {
            options.ServiceName = "shop";
            options.Model<Order>(model => model.StatusField(order => order.Status)).Model<Customer>();
        }).Capture<ShopContext>();
        services.AddModelEventRecorder();
        _services = services.BuildServiceProvider();
        _context = _services.GetRequiredService<ShopContext>();
        _recorder = _services.GetRequiredService<ModelEventRecorder>();
        // </recorder>
    }

    // <helper>
    [Fact]
    public void An_order_that_is_paid_is_told()
    {
        _context.Add(new Order { Number = "2026-1", Status = "paid" });
        _context.SaveChanges();

        var paid = _recorder.Single("order__paid");
        Assert.Equal("2026-1", paid.Json.GetProperty("number").GetString());
        _recorder.AssertNames("order__paid");
    }

    [Fact, DisableDispatcher("Shop.Order")]
    public void An_import_of_orders_tells_nobody()
    {
        _context.Add(new Order { Number = "2026-2" });
        _context.SaveChanges();

        _recorder.AssertNothing();
    }
    // </helper>

    public void Dispose() => _services.Dispose();

    private sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        public DbSet<Order> Orders => Set<Order>();

        public DbSet<Customer> Customers => Set<Customer>();
    }
}
