using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents;
using Shop.Run;

namespace Shop;

/// <summary>What a service registers.</summary>
internal static class ShopServices
{
    public static void AddShop(this IHostApplicationBuilder builder, string connectionString)
    {
        // <registration>
        builder.Services.AddDbContext<ShopContext>(options => options.UseNpgsql(connectionString));

        builder.Services.AddModelEvents(builder.Configuration)
            .Capture<ShopContext>()
            .UsePostgreSql()
            .PublishWithMassTransit();
        // </registration>
    }

    /// <summary>The same with every writer's changes, whose log <see cref="ShopRun"/> sets up.</summary>
    public static void AddShopFromLog(this IHostApplicationBuilder builder, string connectionString)
    {
        builder.Services.AddDbContext<ShopContext>(options => options.UseNpgsql(connectionString));

        // <log>
        builder.Services.AddModelEvents(builder.Configuration, options => options.Capture = CaptureSource.Log)
            .Capture<ShopContext>()
            .UsePostgreSqlWal()
            .PublishWithMassTransit();
        // </log>
    }

    public static void AddEmbeddedShop(this IHostApplicationBuilder builder)
    {
        builder.Services.AddDbContext<ShopContext>(options => options
            .UseInMemoryDatabase("shop")
            .ConfigureWarnings(warnings => warnings.Ignore(InMemoryEventId.TransactionIgnoredWarning)));

        builder.Services.AddModelEvents(builder.Configuration)
            .Capture<ShopContext>()
            .PublishWithMassTransit<IBus>();
    }
}
