using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>
/// What every outbox promises about saves and their transactions: an event for each committed change, none for a change that
/// rolled back.
/// </summary>
public abstract partial class CommitContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    protected TFixture Fixture { get; } = fixture;

    protected virtual int TransactionsOfUnlistedModels => 0;

    /// <summary>Whether a save of one row writes its event without a transaction of its own.</summary>
    protected virtual bool IsOneStatement => true;

    /// <summary>What is told of a row that was written past EF Core.</summary>
    protected virtual IEnumerable<string> ToldOfAnotherWriter => [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_save_publishes_created_then_updated_then_deleted()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var setting = new Setting { Key = "k1", Value = "a" };

        context.Add(setting);
        await context.SaveChangesAsync(Cancellation);
        setting.Value = "b";
        await context.SaveChangesAsync(Cancellation);
        context.Remove(setting);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__created", "setting__updated", "setting__deleted"], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task A_synchronous_save_publishes_too()
    {
        var store = Fixture.CreateStore();
        using var context = store.NewContext();
        var order = new Order { Number = "sync" };

        context.Add(order);
        Assert.Equal(1, context.SaveChanges());
        using (var transaction = context.Database.BeginTransaction())
        {
            order.Total = 3;
            context.SaveChanges();
            transaction.Commit();
        }

        var events = await store.TakeEventsAsync();
        Assert.Equal(["order__new", "order__updated"], events.Select(e => e.Name));
        Assert.All(events, e => Assert.Equal($"{order.Id}", e.Key));
    }

    [Fact]
    public async Task A_save_without_listed_models_uses_no_transaction_of_its_own()
    {
        var started = new TransactionCounter();
        var store = Fixture.CreateStore(interceptors: [started]);
        await using var context = store.NewContext();

        context.Add(new Unlisted { Text = "x" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(TransactionsOfUnlistedModels, started.Count);
        Assert.Empty(await store.TakeEventsAsync());
    }

    [Fact]
    public async Task The_transaction_behavior_is_as_before_after_a_save()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();

        context.Add(new Setting { Key = "behavior" });
        await context.SaveChangesAsync(Cancellation);
        var afterSuccess = context.Database.AutoTransactionBehavior;
        context.ChangeTracker.Clear();
        context.Add(new Setting { Key = "behavior" });
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(AutoTransactionBehavior.WhenNeeded, afterSuccess);
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, context.Database.AutoTransactionBehavior);
        Assert.Single(await store.TakeEventsAsync());
    }

    [Fact]
    public async Task A_save_that_does_not_accept_its_changes_publishes_once_per_save()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "not accepted" };

        context.Add(order);
        await context.SaveChangesAsync(acceptAllChangesOnSuccess: false, Cancellation);
        var first = await store.TakeEventsAsync();
        context.ChangeTracker.AcceptAllChanges();
        order.Total = 5;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([("order__new", $"{order.Id}")], first.Select(e => (e.Name, e.Key)));
        Assert.Equal(["order__updated"], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task Pooled_contexts_and_factories_publish_and_carry_nothing_over()
    {
        var store = Fixture.CreateStore(register: services =>
        {
            services.AddPooledDbContextFactory<StoreContext>(options => Fixture.Configure(options), poolSize: 1);
            services.AddScoped(p => p.GetRequiredService<IDbContextFactory<StoreContext>>().CreateDbContext());
        });
        var factory = store.Services.GetRequiredService<IDbContextFactory<StoreContext>>();

        await using (var first = await factory.CreateDbContextAsync(Cancellation))
        {
            await first.Database.BeginTransactionAsync(Cancellation);
            first.Add(new Setting { Key = "pool left" });
            await first.SaveChangesAsync(Cancellation);
        }

        await using (var second = await factory.CreateDbContextAsync(Cancellation))
        {
            second.Add(new Setting { Key = "pool kept" });
            await second.SaveChangesAsync(Cancellation);
        }

        Assert.Equal(["pool kept"], await KeysAsync(store, "setting__created"));
    }

    /// <summary>A context of EF Core's alone.</summary>
    private StoreContext NewPlainContext()
    {
        var options = new DbContextOptionsBuilder<StoreContext>();
        Fixture.Configure(options);
        return new StoreContext(options.Options);
    }

    private static async Task<int> SaveAsync(StoreContext context, bool isAsync) =>
        isAsync ? await context.SaveChangesAsync(Cancellation) : context.SaveChanges();

    private static async Task<IReadOnlyList<string>> KeysAsync(CapturedStore store, string name) =>
        [.. (await store.TakeEventsAsync()).Where(e => e.Name == name).Select(e => e.Key)];
}
