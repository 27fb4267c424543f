using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Diagnostics;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>Saves while the memory that their events wait in is full.</summary>
public sealed class MemoryRoomTests(DirectFixture fixture) : IClassFixture<DirectFixture>
{
    private readonly string _name = $"{Guid.CreateVersion7():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_fails_before_it_writes_and_succeeds_once_there_is_room(bool isAsync)
    {
        var store = fixture.CreateStore(options => options.Direct.MaxEvents = 3);
        await using var context = store.NewContext();
        context.AddRange(NewSettings(3));
        await context.SaveChangesAsync(Cancellation);

        var more = context.Add(new Setting { Key = $"{_name} more" });
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SaveAsync(context, isAsync));

        Assert.Contains("'Direct:MaxEvents'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(HealthConditionKind.Fails, Assert.Single(Conditions(store)).Kind);
        Assert.Equal(3, await CountRowsAsync(store));
        Assert.Equal(EntityState.Added, more.State);

        Assert.Equal(3, (await store.TakeEventsAsync()).Count);
        Assert.Equal(1, await SaveAsync(context, isAsync));
        Assert.Equal([$"{_name} more"], (await store.TakeEventsAsync()).Select(e => e.Key));
        Assert.Empty(Conditions(store));
    }

    [Fact]
    public async Task A_save_in_a_transaction_of_the_users_fails_too_and_one_without_events_does_not()
    {
        var store = fixture.CreateStore(options => options.Direct.MaxEvents = 1);
        await using var context = store.NewContext();
        context.AddRange(NewSettings(1));
        await context.SaveChangesAsync(Cancellation);

        await using (var transaction = await context.Database.BeginTransactionAsync(Cancellation))
        {
            Assert.Equal(0, await context.SaveChangesAsync(Cancellation));
            context.Add(new Setting { Key = $"{_name} more" });
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));
            await transaction.CommitAsync(Cancellation);
        }

        Assert.Equal(1, await CountRowsAsync(store));
    }

    [Fact]
    public async Task Large_events_fill_it_sooner()
    {
        var store = fixture.CreateStore(options => options.Direct.MaxMegabytes = 1);
        await using var context = store.NewContext();
        context.AddRange(NewSettings(2).Select(setting =>
        {
            setting.Value = new string('x', 600_000);
            return setting;
        }));
        await context.SaveChangesAsync(Cancellation);

        context.Add(new Setting { Key = $"{_name} more" });
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));
    }

    [Fact]
    public async Task A_provider_without_transactions_refuses_a_save_before_it_writes()
    {
        var services = new ServiceCollection();
        services.AddModelEvents(options =>
        {
            options.ServiceName = "parcels";
            options.Dispatcher.Enabled = false;
            options.Direct.MaxEvents = 1;
            options.Model<TestWorker.Parcel>();
        }).Capture<TestWorker.ParcelContext>();
        services.AddDbContext<TestWorker.ParcelContext>(options => options.UseInMemoryDatabase(_name).AmongMany());
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TestWorker.ParcelContext>();
        context.Add(new TestWorker.Parcel { Id = 1 });
        await context.SaveChangesAsync(Cancellation);

        context.Add(new TestWorker.Parcel { Id = 2 });
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(1, await context.Parcels.CountAsync(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_saves_wait_one_goes_on_when_there_is_room(bool isAsync)
    {
        var store = Waiting();
        await using var context = store.NewContext();
        context.AddRange(NewSettings(2));
        await context.SaveChangesAsync(Cancellation);
        context.Add(new Setting { Key = $"{_name} more" });

        var saving = Task.Run(() => SaveAsync(context, isAsync), Cancellation);
        await Eventually.TrueAsync(() => Conditions(store).Count == 1, () => "it does not wait");
        Assert.False(saving.IsCompleted);
        Assert.Equal(2, (await store.TakeEventsAsync()).Count);

        Assert.Equal(1, await saving);
        Assert.Equal(3, await CountRowsAsync(store));
    }

    [Fact]
    public async Task Where_saves_wait_one_can_be_cancelled_and_leaves_nothing_behind()
    {
        var store = Waiting();
        await using var context = store.NewContext();
        context.AddRange(NewSettings(2));
        await context.SaveChangesAsync(Cancellation);
        context.Add(new Setting { Key = $"{_name} more" });
        using var cancellation = new CancellationTokenSource();

        var saving = context.SaveChangesAsync(cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saving);
        Assert.Equal(2, await CountRowsAsync(store));
        await store.TakeEventsAsync();
        Assert.Equal(1, await context.SaveChangesAsync(Cancellation));
    }

    [Fact]
    public async Task An_event_of_its_own_is_refused_too()
    {
        var store = fixture.CreateStore(options => options.Direct.MaxEvents = 1);
        await using var context = store.NewContext();
        context.AddRange(NewSettings(1));
        await context.SaveChangesAsync(Cancellation);
        await using var scope = store.Services.CreateAsyncScope();
        var events = scope.ServiceProvider.GetRequiredService<IModelEvents<StoreContext>>();

        await Assert.ThrowsAsync<InvalidOperationException>(() => events.TriggerAsync("order.overdue", new { }, cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData(FullMemory.Fail, true)]
    [InlineData(FullMemory.Wait, true)]
    [InlineData(FullMemory.Wait, false)]
    public async Task What_an_open_transaction_holds_counts_for_its_next_save(FullMemory whenFull, bool isAsync)
    {
        var store = fixture.CreateStore(options => (options.Direct.MaxEvents, options.Direct.WhenFull) = (3, whenFull));
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        context.AddRange(NewSettings(3));
        await context.SaveChangesAsync(Cancellation);

        context.Add(new Setting { Key = $"{_name} more" });
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SaveAsync(context, isAsync));
        Assert.Contains("holds 3 events", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Conditions(store));

        await transaction.RollbackAsync(Cancellation);
        Assert.Equal(1, await SaveAsync(context, isAsync));
        Assert.Single(await store.TakeEventsAsync());
    }

    [Fact]
    public async Task A_handler_saves_where_its_own_event_fills_the_memory()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddModelEvents(options =>
        {
            options.ServiceName = $"parcels-{_name}";
            options.Broker.Uri = TestServices.RabbitMq.ToString();
            options.Delivery = DeliveryMode.Direct;
            options.Direct.MaxEvents = 1;
            options.Direct.WhenFull = FullMemory.Wait;
            options.Model<TestWorker.Parcel>();
        }).Capture<TestWorker.ParcelContext>().PublishToRabbitMq().AddEventHandler<SecondParcel>();
        builder.Services.AddDbContext<TestWorker.ParcelContext>(options => options.UseInMemoryDatabase(_name).AmongMany());
        using var host = builder.Build();
        await host.StartAsync(Cancellation);

        await using var scope = host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TestWorker.ParcelContext>();
        context.Add(new TestWorker.Parcel { Id = 1 });
        await context.SaveChangesAsync(Cancellation);

        await Eventually.TrueAsync(() => context.Parcels.Count() == 2, () => "the handler waits for itself");
        await host.StopAsync(Cancellation);
    }

    private CapturedStore Waiting() => fixture.CreateStore(options =>
    {
        options.Direct.MaxEvents = 2;
        options.Direct.WhenFull = FullMemory.Wait;
    });

    private IEnumerable<Setting> NewSettings(int count) =>
        Enumerable.Range(0, count).Select(n => new Setting { Key = $"{_name} {n}" });

    private static async Task<int> SaveAsync(StoreContext context, bool isAsync) =>
        isAsync ? await context.SaveChangesAsync(Cancellation) : context.SaveChanges();

    private async Task<int> CountRowsAsync(CapturedStore store)
    {
        await using var context = store.NewContext();
        return await context.Set<Setting>().CountAsync(setting => setting.Key.StartsWith(_name), Cancellation);
    }

    private static IReadOnlyList<HealthCondition> Conditions(CapturedStore store) =>
        store.Services.GetRequiredService<HealthConditions>().Current;

    private sealed class SecondParcel(TestWorker.ParcelContext context) : IEventHandler
    {
        public bool Wants(string eventName) => true;

        public async Task HandleAsync(ModelEvent e, CancellationToken ct)
        {
            if (e.Key != "1")
                return;

            context.Add(new TestWorker.Parcel { Id = 2 });
            await context.SaveChangesAsync(ct);
        }
    }
}
