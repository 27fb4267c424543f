using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.OwnEvents;

/// <summary>What every outbox promises about own events and transactions.</summary>
public abstract class OwnEventContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    protected TFixture Fixture => fixture;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outside_of_a_transaction_an_event_is_published_at_once()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();

        await On(store, context).TriggerAsync(StockEvents.Counted, new Stocktake(7, 1.50m), "shelf 7", Cancellation);

        var one = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal(("stock.counted", "store", "", "shelf 7"), (one.Name, one.Service, one.Model, one.Key));
        Assert.Equal("""{"shelf_number":7,"missing":1.50}""", CapturedStore.Body(one).ToJsonString());
    }

    [Fact]
    public async Task A_synchronous_call_publishes_too()
    {
        var store = fixture.CreateStore();
        using var context = store.NewContext();

        On(store, context).Trigger(StockEvents.Closed);

        var one = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal(("stock.closed", $"{one.Id}", "{}"), (one.Name, one.Key, CapturedStore.Body(one).ToJsonString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_a_transaction_an_event_is_published_exactly_when_that_commits(bool commits)
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        await On(store, context).TriggerAsync(StockEvents.Closed, cancellationToken: Cancellation);
        var before = await store.TakeEventsAsync();
        await (commits ? transaction.CommitAsync(Cancellation) : transaction.RollbackAsync(Cancellation));

        Assert.Empty(before);
        Assert.Equal(commits ? ["stock.closed"] : [], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task A_savepoint_that_is_rolled_back_takes_its_own_events_along()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        await On(store, context).TriggerAsync(StockEvents.Closed, key: "kept", cancellationToken: Cancellation);
        await transaction.CreateSavepointAsync("here", Cancellation);
        await On(store, context).TriggerAsync(StockEvents.Closed, key: "undone", cancellationToken: Cancellation);
        await transaction.RollbackToSavepointAsync("here", Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(["kept"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_a_transaction_scope_an_event_is_published_exactly_when_that_completes(bool completes)
    {
        var store = fixture.CreateStore();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            await On(store, context).TriggerAsync(StockEvents.Closed, cancellationToken: Cancellation);
            if (completes)
                scope.Complete();
        }

        Assert.Equal(completes ? ["stock.closed"] : [], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task Events_of_one_key_keep_their_order_whatever_their_names()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        for (var round = 0; round < 3; round++)
        {
            await On(store, context).TriggerAsync(StockEvents.Counted, key: "one", cancellationToken: Cancellation);
            await On(store, context).TriggerAsync(StockEvents.Closed, key: "one", cancellationToken: Cancellation);
        }

        await transaction.CommitAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        string[] round1 = ["stock.counted", "stock.closed"];
        Assert.Equal([.. round1, .. round1, .. round1], events.Select(e => e.Name));
        Assert.Equal(events.Select(e => e.Sequence).Order(), events.Select(e => e.Sequence));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inside_of_a_save_an_event_is_the_saves_even_if_nothing_listed_changes(bool isListed)
    {
        CapturedStore? store = null;
        var acting = new Acting { Saving = context => Trigger(store!, context) };
        store = fixture.CreateStore(interceptors: [acting]);
        await using var context = store.NewContext();

        context.Add(isListed ? new Setting { Key = "saving" } : new Unlisted());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            isListed ? ["setting__created", "stock.closed"] : ["stock.closed"], (await store.TakeNamesAsync()).Order());
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, context.Database.AutoTransactionBehavior);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_inside_of_a_save_is_gone_if_the_save_fails(bool isListed)
    {
        CapturedStore? store = null;
        var acting = new Acting { Saving = context => Trigger(store!, context) };
        store = fixture.CreateStore(interceptors: [acting]);
        await using var context = store.NewContext();

        context.Add(isListed ? new Setting { Key = "none", Value = null! } : new Unlisted { Text = null! });
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));
        context.ChangeTracker.Clear();
        context.Add(new Setting { Key = $"next {isListed}" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__created"], await store.TakeNamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_after_a_save_follows_those_of_the_save(bool isBefore)
    {
        CapturedStore? store = null;
        var acting = new Acting
        {
            Saved = context => On(store!, context).TriggerAsync(StockEvents.Closed, cancellationToken: Cancellation),
        };
        store = isBefore ? fixture.CreateStore(before: [acting]) : fixture.CreateStore(interceptors: [acting]);
        await using var context = store.NewContext();

        context.Add(new Setting { Key = $"after {isBefore}" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__created", "stock.closed"], (await store.TakeNamesAsync()).Order());
    }

    [Fact]
    public async Task A_retried_attempt_of_a_save_publishes_its_event_once()
    {
        CapturedStore? store = null;
        var acting = new Acting { Saving = context => Trigger(store!, context) };
        store = fixture.CreateStore(interceptors: [acting, new TransientFault(atCommit: true)], retry: true);
        await using var context = store.NewContext();

        context.Add(new Unlisted());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["stock.closed"], await store.TakeNamesAsync());
    }

    private protected static IModelEvents On(CapturedStore store, DbContext context) =>
        store.Services.GetRequiredService<IModelEvents>().OnContext(context);

    private static void Trigger(CapturedStore store, DbContext context) =>
        On(store, context).Trigger(StockEvents.Closed);
}
