using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.OwnEvents;
using Npgsql;

namespace ModelEvents.Tests.Capture;

/// <summary>
/// Events of one key are delivered in the order of the commits, and their sequence grows with it, whichever rows the two
/// transactions write: what is saved first may be committed last.
/// </summary>
public abstract class CommitOrderContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    private const string Phones = "an owned collection in its own table";
    private const string Name = "the row of its owner";
    private const string Tags = "a link";
    private const string Title = "the row of a linked instance";
    private const string Breed = "the row of a derived type";
    private const string Call = "the row of its base type";
    private const string Own = "an own event with a key";
    private const string InSave = "an own event inside of a save";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected TFixture Fixture => fixture;

    [Theory]
    [InlineData(Phones, Phones, true)]
    [InlineData(Phones, Phones, false)]
    [InlineData(Phones, Name, true)]
    [InlineData(Name, Phones, false)]
    [InlineData(Tags, Tags, true)]
    [InlineData(Tags, Tags, false)]
    [InlineData(Tags, Title, true)]
    [InlineData(Title, Tags, false)]
    [InlineData(Breed, Call, true)]
    [InlineData(Call, Breed, false)]
    [InlineData(Own, Own, true)]
    [InlineData(Own, Own, false)]
    [InlineData(Own, InSave, true)]
    [InlineData(InSave, Own, false)]
    public async Task What_is_saved_first_and_committed_last_is_delivered_in_the_order_of_the_commits(
        string first, string second, bool isAsync)
    {
        CapturedStore? store = null;
        var triggering = new Triggering(context => On(store!, context));
        store = fixture.CreateStore(interceptors: [triggering]);
        var ids = await PrepareAsync(store);

        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        var mine = await ActAsync(store, context, first, ids, isAsync: true);
        var others = Task.Run(() => ActAloneAsync(store, second, ids, isAsync), Cancellation);
        await Eventually.TrueAsync(
            async () => others.IsCompleted || await IsAnyWaitingAsync(), () => "it neither ends nor waits for a lock");
        var isOvertaken = others.IsCompleted;
        await transaction.CommitAsync(Cancellation);
        await others;

        var events = await store.TakeEventsAsync();
        Assert.Equal(
            isOvertaken ? ["the other", "the first"] : ["the first", "the other"],
            events.Select(one => IsOf(mine, one) ? "the first" : "the other"));
        Assert.Single(events.Select(one => (one.Model, one.Key)).Distinct());
        Assert.True(events[0].Sequence < events[1].Sequence, $"{events[0].Sequence} is followed by {events[1].Sequence}");
    }

    [Fact]
    public async Task A_transaction_with_many_own_events_takes_few_locks_and_keeps_the_order_of_each_key()
    {
        const int Many = 1000;
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        for (var number = 0; number < Many; number++)
            await On(store, context).TriggerAsync(StockEvents.Counted, key: $"shelf {number}", cancellationToken: Cancellation);

        Assert.InRange(await CountLocksAsync(), 0, EntityLocks.MostKeys + 50);
        await using var another = store.NewContext();
        var others = Task.Run(
            () => On(store, another).TriggerAsync(StockEvents.Closed, key: $"shelf {Many - 1}", cancellationToken: Cancellation),
            Cancellation);
        await Eventually.TrueAsync(
            async () => others.IsCompleted || await IsAnyWaitingAsync(), () => "it neither ends nor waits for a lock");
        var isOvertaken = others.IsCompleted;
        await transaction.CommitAsync(Cancellation);
        await others;

        var events = await store.TakeEventsAsync();
        var last = events.Where(one => one.Key == $"shelf {Many - 1}").ToList();
        Assert.Equal(Many + 1, events.Count);
        Assert.Equal(
            isOvertaken ? ["stock.closed", "stock.counted"] : ["stock.counted", "stock.closed"], last.Select(one => one.Name));
        Assert.True(last[0].Sequence < last[1].Sequence);
    }

    [Fact]
    public async Task Saves_that_link_the_same_instances_in_other_orders_do_not_lock_each_other_up()
    {
        const int Products = 4, Rounds = 10;
        var store = fixture.CreateStore();
        int[] ids;
        await using (var context = store.NewContext())
        {
            var products = Enumerable.Range(0, Products).Select(number => new Product { Name = $"{number}" }).ToList();
            context.AddRange(products);
            await context.SaveChangesAsync(Cancellation);
            ids = [.. products.Select(product => product.Id)];
        }

        await store.TakeEventsAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await using var context = store.NewContext();
                var tag = new Tag { Word = $"{writer} {round}" };
                foreach (var id in writer % 2 == 0 ? ids : ids.Reverse())
                    (await context.Products.SingleAsync(product => product.Id == id, Cancellation)).Tags.Add(tag);
                await context.SaveChangesAsync(Cancellation);
            }
        })));

        var events = await store.TakeEventsAsync();
        Assert.Equal(4 * Rounds * Products, events.Count);
        Assert.All(
            events.GroupBy(one => one.Key),
            entity => Assert.Equal(entity.Select(one => one.Sequence).Order(), entity.Select(one => one.Sequence)));
    }

    [Fact]
    public async Task Saves_that_update_and_that_only_link_the_same_instances_lock_them_in_the_same_order()
    {
        var (low, high) = (99_999, 100_000);
        var store = fixture.CreateStore();
        await using (var context = store.NewContext())
        {
            context.AddRange(new Product { Id = low }, new Product { Id = high }, new Tag { Id = low, Word = "red" });
            await context.SaveChangesAsync(Cancellation);
        }

        await store.TakeEventsAsync();
        await using var connection = new NpgsqlConnection(fixture.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using var command = new NpgsqlCommand($"""SELECT FROM "Products" WHERE "Id" = {high} FOR UPDATE""", connection);
        await command.ExecuteNonQueryAsync(Cancellation);
        var linking = Task.Run(() => ChangeAsync(products => products.ForEach(one => one.Item1.Tags.Add(one.Item2))), Cancellation);
        await Eventually.TrueAsync(async () => await CountWaitingAsync() == 1, () => "the links do not wait");
        var updating = Task.Run(() => ChangeAsync(products => products.ForEach(one => one.Item1.Name = "updated")), Cancellation);
        await Eventually.TrueAsync(async () => await CountWaitingAsync() == 2, () => "the updates do not wait");
        await transaction.CommitAsync(Cancellation);
        await Task.WhenAll(linking, updating);

        Assert.Equal(4, (await store.TakeEventsAsync()).Count);

        async Task ChangeAsync(Action<List<(Product, Tag)>> change)
        {
            await using var context = store.NewContext();
            var tag = await context.Tags.SingleAsync(one => one.Id == low, Cancellation);
            var products = await context.Products.Where(one => one.Id == low || one.Id == high).ToListAsync(Cancellation);
            change([.. products.Select(product => (product, tag))]);
            await context.SaveChangesAsync(Cancellation);
        }
    }

    [Fact]
    public async Task Two_transactions_with_many_own_events_at_the_same_time_do_not_lock_each_other_up()
    {
        const int Half = 150;
        var store = fixture.CreateStore();
        await using var first = store.NewContext();
        await using var second = store.NewContext();
        await using var firsts = await first.Database.BeginTransactionAsync(Cancellation);
        await using var seconds = await second.Database.BeginTransactionAsync(Cancellation);
        await Task.WhenAll(TriggerAsync(first, "first", 0), TriggerAsync(second, "second", 0));
        await Task.WhenAll(TriggerAsync(first, "first", Half), TriggerAsync(second, "second", Half));
        await firsts.CommitAsync(Cancellation);
        await seconds.CommitAsync(Cancellation);

        Assert.Equal(4 * Half, (await store.TakeEventsAsync()).Count);

        async Task TriggerAsync(DbContext context, string shelf, int from)
        {
            for (var number = from; number < from + Half; number++)
                await On(store, context).TriggerAsync(StockEvents.Counted, null, $"{shelf} {number}", Cancellation);
        }
    }

    private static async Task<(Guid Customer, int Product, int Dog, int[] Tags)> PrepareAsync(CapturedStore store)
    {
        await using var context = store.NewContext();
        var customer = new Customer { Phones = { new Phone { Number = "0" } } };
        var product = new Product { Name = "Chair" };
        var dog = new Dog { Name = "Rex", Breed = "Collie" };
        Tag[] tags = [new Tag { Word = "red" }, new Tag { Word = "blue" }];
        context.AddRange(customer, product, dog);
        context.AddRange(tags.AsEnumerable());
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();
        return (customer.Id, product.Id, dog.Id, [.. tags.Select(tag => tag.Id)]);
    }

    private static async Task ActAloneAsync(
        CapturedStore store, string what, (Guid, int, int, int[]) ids, bool isAsync)
    {
        await using var context = store.NewContext();
        await ActAsync(store, context, what, ids, isAsync, turn: 1);
    }

    /// <summary>Does it and saves; returns what its event is known by.</summary>
    private static async Task<string[]> ActAsync(
        CapturedStore store,
        StoreContext context,
        string what,
        (Guid Customer, int Product, int Dog, int[] Tags) ids,
        bool isAsync,
        int turn = 0)
    {
        using var activity = new Activity("save").SetIdFormat(ActivityIdFormat.W3C).Start();
        var text = $"{turn}";
        switch (what)
        {
            case Phones:
                (await context.Customers.SingleAsync(one => one.Id == ids.Customer)).Phones.Add(new Phone { Number = text });
                break;
            case Name:
                (await context.Customers.SingleAsync(one => one.Id == ids.Customer)).Name = text;
                break;
            case Tags:
                (await context.Products.SingleAsync(one => one.Id == ids.Product)).Tags.Add(
                    await context.Tags.SingleAsync(tag => tag.Id == ids.Tags[turn]));
                break;
            case Title:
                (await context.Products.SingleAsync(one => one.Id == ids.Product)).Name = text;
                break;
            case Breed:
                (await context.Set<Dog>().SingleAsync(one => one.Id == ids.Dog)).Breed = text;
                break;
            case Call:
                (await context.Set<Dog>().SingleAsync(one => one.Id == ids.Dog)).Name = text;
                break;
            case InSave:
                context.Add(new Unlisted { Text = "shelf 7" });
                break;
            case Own when isAsync:
                await On(store, context).TriggerAsync(StockEvents.Closed, key: "shelf 7", cancellationToken: Cancellation);
                break;
            case Own:
                On(store, context).Trigger(StockEvents.Closed, key: "shelf 7");
                break;
        }

        if (isAsync)
            await context.SaveChangesAsync(Cancellation);
        else
            context.SaveChanges();

        return context.Database.CurrentTransaction is null ? [] : [activity.Id!, await TransactionOfAsync(context)];
    }

    private static bool IsOf(string[] known, ModelEvent one) =>
        known.Contains(one.Headers.GetValueOrDefault(EventHeaders.TraceParent))
        || known.Contains(one.Headers.GetValueOrDefault(EventHeaders.Transaction));

    private static IModelEvents On(CapturedStore store, DbContext context) =>
        store.Services.GetRequiredService<IModelEvents>().OnContext(context);

    private static async Task<string> TransactionOfAsync(StoreContext context)
    {
        var id = await context.Database.SqlQueryRaw<long>("""SELECT txid_current() AS "Value" """).SingleAsync(Cancellation);
        return ((uint)id).ToString(CultureInfo.InvariantCulture);
    }

    private sealed class Triggering(Func<DbContext, IModelEvents> on) : SaveChangesInterceptor
    {
        public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
        {
            if (eventData.Context!.ChangeTracker.Entries<Unlisted>().Any())
                on(eventData.Context).Trigger(StockEvents.Closed, key: "shelf 7");
            return result;
        }

        public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (eventData.Context!.ChangeTracker.Entries<Unlisted>().Any())
                await on(eventData.Context).TriggerAsync(StockEvents.Closed, null, "shelf 7", cancellationToken);
            return result;
        }
    }

    private async Task<bool> IsAnyWaitingAsync() => await CountWaitingAsync() > 0;

    private async Task<long> CountWaitingAsync() => (long)await AskAsync(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");

    private async Task<long> CountLocksAsync() => (long)await AskAsync(
        "SELECT count(*) FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())");

    private async Task<object> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(fixture.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync(Cancellation))!;
    }
}
