using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Models;
using Shop;

namespace ModelEvents.Tests.Models;

public sealed class RegistrationTests
{
    [Fact]
    public void A_captured_context_that_is_not_registered_is_told()
    {
        Assert.Equal(
            [
                "The context 'ShopContext' is captured but not registered. "
                + "Add 'services.AddDbContext<ShopContext>(...)'.",
            ],
            Mistakes(capture => capture.UsePostgreSql(), register: null));
    }

    [Fact]
    public void A_PostgreSQL_outbox_on_another_relational_provider_is_told()
    {
        Assert.Equal(
            [
                "The context 'ShopContext' uses the provider 'Other', where 'UsePostgreSql' needs Npgsql's. Leave "
                + "'.UsePostgreSql()' out: the outbox is then a table for any relational provider.",
            ],
            Mistakes(capture => capture.UsePostgreSql(), OtherProvider));
    }

    [Fact]
    public void The_provider_does_not_matter_where_there_is_no_table()
    {
        Assert.Empty(Mistakes(capture => capture.UsePostgreSql(), OtherProvider, DeliveryMode.Direct));
        Assert.Empty(Mistakes(capture => capture.UsePostgreSql(), context => context.UseInMemoryDatabase("shop")));
    }

    [Fact]
    public void The_outbox_for_any_relational_provider_takes_any()
    {
        Assert.Empty(Mistakes(capture => capture, OtherProvider));
    }

    [Fact]
    public void Delivery_from_the_log_that_a_context_is_not_set_up_for_is_told()
    {
        Assert.Equal(
            [
                "'ModelEvents:Delivery' is 'Wal', but the context 'ShopContext' has no outbox that can do that. "
                + "Add '.UsePostgreSqlWal()' to 'Capture<ShopContext>()', or set 'Delivery' to 'Outbox'.",
            ],
            Mistakes(capture => capture, context => context.UseNpgsql("Host=nowhere"), DeliveryMode.Wal));
        Assert.Empty(Mistakes(
            capture => capture.UsePostgreSqlWal(), context => context.UseNpgsql("Host=nowhere"), DeliveryMode.Wal));
    }

    [Fact]
    public void A_bus_that_is_not_registered_is_told()
    {
        Assert.Equal(
            [
                "The bus 'IBus' of 'PublishWithMassTransit' is not registered. Add 'services.AddMassTransit(...)', or "
                + "call '.PublishWithMassTransit()' for a bus of ModelEvents' own.",
            ],
            Mistakes(
                capture => capture.PublishWithMassTransit<IBus>(), context => context.UseInMemoryDatabase("shop")));
    }

    private static void OtherProvider(DbContextOptionsBuilder context) =>
        context.UseNpgsql("Host=nowhere").ReplaceService<IDatabaseProvider, Other>();

    private static IEnumerable<string> Mistakes(
        Func<CaptureBuilder<ShopContext>, ModelEventsBuilder> use,
        Action<DbContextOptionsBuilder>? register,
        DeliveryMode delivery = DeliveryMode.Outbox)
    {
        var services = new ServiceCollection();
        if (register is not null)
            services.AddDbContext<ShopContext>(register);

        use(services.AddModelEvents(options =>
                (options.ServiceName, options.Delivery, options.AllowEmpty) = ("shop", delivery, true))
            .Capture<ShopContext>());
        using var provider = services.BuildServiceProvider();
        try
        {
            Assert.Empty(provider.GetRequiredService<ModelListProvider>().Current.Models);
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return exception.Failures;
        }
    }

    private sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        public DbSet<Order> Orders => Set<Order>();
    }

    private sealed class Other : IDatabaseProvider
    {
        public string Name => "Other";

        public bool IsConfigured(IDbContextOptions options) => true;
    }
}
