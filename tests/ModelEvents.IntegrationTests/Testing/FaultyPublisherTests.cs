using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Outbox;
using ModelEvents.Testing;
using ModelEvents.Tests.Faults;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Testing;

/// <summary>The dispatcher between a real outbox and a real broker, with a publisher that fails on purpose.</summary>
public sealed class FaultyPublisherTests : IAsyncLifetime
{
    private const int Keys = 10;
    private const int Rounds = 6;

    private readonly TestDatabase _database = new();
    private readonly string _service = $"faulty-{Guid.CreateVersion7():N}";
    private IHost _host = null!;
    private RabbitQueue _queue = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FaultyPublisher Publisher => _host.Services.GetRequiredService<FaultyPublisher>();

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _queue = await RabbitQueue.BindAsync($"{_service}.events");
        _host = BuildHost();
        await using (var scope = _host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync(Cancellation);
        await _host.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(Cancellation);
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _queue.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_is_published_again_has_the_same_id_and_every_key_keeps_its_order()
    {
        Publisher.Faults.LoseAcknowledgement(every: 7).Duplicate(every: 5);

        var committed = await SaveAsync();

        await EmptyAsync();
        var repeated = Publisher.LostAcknowledgements + Publisher.Duplicates;
        var delivered = new Delivered(await _queue.WaitForAsync(committed.Count + repeated));
        delivered.ShouldBe(committed);
        Assert.Equal(repeated, delivered.Duplicates);
        Assert.InRange(Publisher.LostAcknowledgements, committed.Count / 7, committed.Count);
        Assert.InRange(Publisher.Duplicates, committed.Count / 5, committed.Count);
    }

    [Fact]
    public async Task What_is_refused_once_is_published_later_in_its_order()
    {
        var refused = new HashSet<Guid>();
        Publisher.Faults.Refuse(tried => refused.Count < 5 && refused.Add(tried.Id));

        var committed = await SaveAsync();

        await EmptyAsync();
        new Delivered(await _queue.WaitForAsync(committed.Count)).ShouldBe(committed);
        Assert.Equal(5, Publisher.Refusals);
    }

    private IHost BuildHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = _service;
                options.Broker.Uri = TestServices.RabbitMq.ToString();
                options.Dispatcher.Workers = 1;
                options.Dispatcher.RetryDelay = TimeSpan.FromMilliseconds(10);
                options.Dispatcher.MaxOutageDelay = TimeSpan.FromMilliseconds(20);
                options.Model<Parcel>();
            })
            .Capture<ParcelContext>()
            .UsePostgreSql()
            .PublishWithMassTransit();
        builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        builder.Services.AddFaultyPublisher();
        return builder.Build();
    }

    /// <summary>Changes every parcel once in each round: the first round creates them.</summary>
    private async Task<List<(long Id, int Step)>> SaveAsync()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        Parcel[] parcels = [.. Enumerable.Range(0, Keys).Select(_ => new Parcel())];
        context.AddRange(parcels);
        var committed = new List<(long Id, int Step)>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var parcel in parcels)
                parcel.Step = round;
            await context.SaveChangesAsync(Cancellation);
            committed.AddRange(parcels.Select(parcel => (parcel.Id, parcel.Step)));
        }

        return committed;
    }

    private Task EmptyAsync()
    {
        var outbox = _host.Services.GetRequiredService<IOutboxReader>();
        return Eventually.TrueAsync(
            async () => (await outbox.GetStatusAsync(Cancellation)).Waiting == 0, () => "events are left in the outbox");
    }
}
