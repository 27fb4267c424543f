using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Publishing;

/// <summary>A broker that refuses the service's user, in every delivery and with both publishers.</summary>
public sealed class WrongPasswordTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DeliveryMode, bool, bool> Ways => new()
    {
        { DeliveryMode.Outbox, false, false },
        { DeliveryMode.Outbox, true, false },
        { DeliveryMode.Wal, false, false },
        { DeliveryMode.Direct, false, true },
    };

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_health_check_says_that_nothing_can_be_published_and_why(
        DeliveryMode delivery, bool isPortable, bool isMassTransit)
    {
        using var host = Build(delivery, isPortable, isMassTransit);
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
            await context.Database.EnsureCreatedAsync(Cancellation);
            await host.StartAsync(Cancellation);
            context.Add(new Parcel());
            await context.SaveChangesAsync(Cancellation);
        }

        var told = "";
        string[] expected =
        [
            "Degraded: The oldest event in '",
            "' has waited for 00:00:",
            ". Nothing can be published for 00:00:",
            " now: ",
            "ACCESS_REFUSED",
        ];
        await Eventually.TrueAsync(
            async () =>
            {
                var health = (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation))
                    .Entries["modelevents"];
                told = $"{health.Status}: {health.Description}";
                return expected.All(part => told.Contains(part, StringComparison.Ordinal));
            },
            () => told);

        await host.StopAsync(Cancellation);
    }

    private IHost Build(DeliveryMode delivery, bool isPortable, bool isMassTransit)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var events = builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = "locked-out";
                options.Broker.Uri = new UriBuilder(TestServices.RabbitMq) { Password = "wrong" }.Uri.ToString();
                options.Delivery = delivery;
                options.Dispatcher.MaxOutageDelay = TimeSpan.FromSeconds(0.5);
                options.Dispatcher.RetryDelay = TimeSpan.FromSeconds(0.1);
                options.Model<Parcel>();
            })
            .Capture<ParcelContext>();
        if (delivery is DeliveryMode.Wal)
            events.UsePostgreSqlWal();
        else if (delivery is DeliveryMode.Outbox && !isPortable)
            events.UsePostgreSql();
        _ = isMassTransit ? events.PublishWithMassTransit() : events.PublishToRabbitMq();
        builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        builder.Services.AddHealthChecks().AddModelEvents(options => options.DegradedAfter = TimeSpan.FromSeconds(1));
        return builder.Build();
    }
}
