using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Dispatching;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Publishing;

/// <summary>An exchange is deleted while a service publishes to it, in every delivery and with both publishers.</summary>
public sealed class DeletedExchangeTests : IAsyncLifetime
{
    private const int Parcels = 20;

    private readonly TestDatabase _database = new();
    private readonly string _service = $"parcels-{Guid.CreateVersion7():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Exchange => $"{_service}.events";

    public static TheoryData<DeliveryMode, bool, bool> Ways => new()
    {
        { DeliveryMode.Outbox, false, false },
        { DeliveryMode.Outbox, false, true },
        { DeliveryMode.Outbox, true, false },
        { DeliveryMode.Wal, false, false },
        { DeliveryMode.Direct, false, true },
    };

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Broker.DeleteExchangeAsync(Exchange);
        await _database.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_no_queue_receives_is_held_and_published_in_order_once_a_queue_is_bound(
        DeliveryMode delivery, bool isPortable, bool isMassTransit)
    {
        var host = await StartAsync(delivery, isPortable, isMassTransit);
        await using (var before = await RabbitQueue.BindAsync(Exchange))
        {
            await SaveAsync(host, parcels: 1, steps: 2);
            await before.WaitForAsync(2);
        }

        await Broker.DeleteExchangeAsync(Exchange);
        await SaveAsync(host, Parcels, steps: 3);
        await AreHeldAsync(host);

        // Another process knows of it from the outbox alone.
        if (delivery is not DeliveryMode.Direct)
        {
            await EndAsync(host);
            host = await StartAsync(delivery, isPortable, isMassTransit);
            await SaveAsync(host, parcels: 1, steps: 1);
            await AreHeldAsync(host);
        }

        await using var after = await RabbitQueue.BindAsync(Exchange);
        var arrived = await after.WaitForAsync((Parcels * 3) + (delivery is DeliveryMode.Direct ? 0 : 1));

        Assert.All(
            arrived.GroupBy(one => one.Header("modelevents-key")),
            key => Assert.Equal(SequencesOf(key).Order(), SequencesOf(key)));
        Assert.Equal(arrived.Count, arrived.Select(one => one.Properties.MessageId).Distinct().Count());
        var told = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var report = await CheckAsync(host);
                var count = await CountAsync(host);
                told = $"{count} are left: {report.Description}";
                return report.Status is HealthStatus.Healthy && count == (0, 0);
            },
            () => told);
        await EndAsync(host);
    }

    [Theory]
    [InlineData(DeliveryMode.Outbox, false, false)]
    [InlineData(DeliveryMode.Outbox, false, true)]
    [InlineData(DeliveryMode.Outbox, true, false)]
    [InlineData(DeliveryMode.Outbox, true, true)]
    [InlineData(DeliveryMode.Wal, false, false)]
    public async Task A_process_that_has_not_published_yet_knows_that_an_exchange_was_there(
        DeliveryMode delivery, bool isPortable, bool isMassTransit)
    {
        var first = await StartAsync(delivery, isPortable, isMassTransit);
        await using (var before = await RabbitQueue.BindAsync(Exchange))
        {
            await SaveAsync(first, parcels: 1, steps: 2);
            await before.WaitForAsync(2);
        }

        var second = await StartAsync(delivery, isPortable, isMassTransit);
        var known = second.Services.GetRequiredService<ExchangeWatch>();
        await Eventually.TrueAsync(() => known.IsThere(_service), () => "The exchange was not found.");
        await Broker.DeleteExchangeAsync(Exchange);
        if (!isPortable)
            await EndAsync(first);
        await SaveAsync(second, Parcels, steps: 3);
        await AreHeldAsync(second);

        await using var after = await RabbitQueue.BindAsync(Exchange);
        var arrived = await after.WaitForAsync(Parcels * 3);

        Assert.All(
            arrived.GroupBy(one => one.Header("modelevents-key")),
            key => Assert.Equal(SequencesOf(key).Order(), SequencesOf(key)));
        await Eventually.TrueAsync(
            async () => await CountAsync(second) == (0, 0), () => "Events are left.");
        if (isPortable)
            await EndAsync(first);
        await EndAsync(second);
    }

    /// <summary>Nothing is counted as published, and the health check says why.</summary>
    private async Task AreHeldAsync(IHost host)
    {
        var told = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var (status, (waiting, parked)) = (await CheckAsync(host), await CountAsync(host));
                told = $"{parked} are parked, {waiting} wait, and health is {status.Status}: {status.Description}";
                return parked >= Parcels - 1
                    && waiting + parked >= Parcels * 3
                    && status.Status is HealthStatus.Degraded
                    && status.Description!.Contains($"'{Exchange}' was deleted", StringComparison.Ordinal);
            },
            () => told);
    }

    private async Task<IHost> StartAsync(DeliveryMode delivery, bool isPortable, bool isMassTransit)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var events = builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = _service;
                options.Broker.Uri = TestServices.RabbitMq.ToString();
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
        builder.Services.AddHealthChecks().AddModelEvents();
        var host = builder.Build();
        await using (var scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync(Cancellation);
        await host.StartAsync(Cancellation);
        return host;
    }

    private static async Task SaveAsync(IHost host, int parcels, int steps)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        Parcel[] all = [.. Enumerable.Range(0, parcels).Select(_ => new Parcel())];
        context.AddRange(all);
        for (var step = 0; step < steps; step++)
        {
            Array.ForEach(all, parcel => parcel.Step = step);
            await context.SaveChangesAsync(Cancellation);
        }
    }

    private static async Task<HealthReportEntry> CheckAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["modelevents"];

    private static async Task<(long Waiting, long Parked)> CountAsync(IHost host)
    {
        var status = await host.Services.GetRequiredService<IOutboxReader>().GetStatusAsync(Cancellation);
        return (status.Waiting, status.Parked);
    }

    private static long[] SequencesOf(IEnumerable<RabbitDelivery> deliveries) =>
        [.. deliveries.Select(one => (long)one.Properties.Headers!["modelevents-sequence"]!)];

    private static async Task EndAsync(IHost host)
    {
        await host.StopAsync(Cancellation);
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
