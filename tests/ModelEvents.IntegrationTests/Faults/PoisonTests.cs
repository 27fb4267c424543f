using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>An event that the broker refuses: its body is larger than the broker's <c>max_message_size</c>.</summary>
public sealed class PoisonTests
{
    private const int TooLarge = 17 * 1024 * 1024;

    private readonly string _service = $"poison-{Guid.CreateVersion7():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_poison_event_is_parked_with_its_error_and_other_keys_flow()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var queue = await RabbitQueue.BindAsync($"{_service}.events");
        using var host = BuildHost(database.ConnectionString);
        await CreateTablesAsync(host);
        await host.StartAsync(Cancellation);
        var outbox = host.Services.GetRequiredService<IOutboxReader>();

        var poison = await SaveAsync(host, new Parcel { Content = new string('x', TooLarge) });
        var others = new List<Parcel>();
        for (var i = 0; i < 20; i++)
            others.Add(await SaveAsync(host, new Parcel()));
        await ShrinkAsync(host, poison);

        await queue.WaitForAsync(others.Count);
        var parked = await ParkedAsync(outbox);
        Assert.Equal($"{poison.Id}", parked.Event.Key);
        Assert.Equal("parcel__created", parked.Event.Name);
        Assert.Contains("larger", parked.Error, StringComparison.Ordinal);
        Assert.Equal(2, parked.Attempts);
        Assert.Equal(
            others.Select(parcel => $"{parcel.Id}").Order(),
            queue.Deliveries.Select(delivery => delivery.Header(EventHeaders.Key)!).Distinct().Order());

        Assert.Equal(1, await outbox.DiscardParkedAsync([parked.Event.Id], Cancellation));
        await Eventually.TrueAsync(
            () => queue.Deliveries.Any(delivery => delivery.RoutingKey == "parcel__updated"),
            () => "the key of the discarded event is still held back");
        await host.StopAsync(Cancellation);
    }

    private static async Task<ParkedEvent> ParkedAsync(IOutboxReader outbox)
    {
        IReadOnlyList<ParkedEvent> parked = [];
        await Eventually.TrueAsync(
            async () => (parked = await outbox.ListParkedAsync(10, Cancellation)).Count > 0, () => "nothing is parked");
        return Assert.Single(parked);
    }

    private static async Task<Parcel> SaveAsync(IHost host, Parcel parcel)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        context.Add(parcel);
        await context.SaveChangesAsync(Cancellation);
        return parcel;
    }

    private static async Task ShrinkAsync(IHost host, Parcel parcel)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        context.Attach(parcel);
        parcel.Content = null;
        await context.SaveChangesAsync(Cancellation);
    }

    private static async Task CreateTablesAsync(IHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync(Cancellation);
    }

    private IHost BuildHost(string database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = _service;
                options.Broker.Uri = TestServices.RabbitMq.ToString();
                options.Dispatcher.MaxAttempts = 2;
                options.Dispatcher.RetryDelay = TimeSpan.FromMilliseconds(50);
                options.Model<Parcel>();
            })
            .Capture<ParcelContext>()
            .UsePostgreSql()
            .PublishWithMassTransit();
        builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(database).AmongMany());
        return builder.Build();
    }
}
