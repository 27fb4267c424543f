using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Tests.Capture.Store;
using Npgsql;

namespace ModelEvents.Tests.Capture;

public abstract partial class CommitContract<TFixture>
{
    [Fact]
    public async Task A_failed_save_can_be_retried_on_the_same_context()
    {
        var store = Fixture.CreateStore();
        await using (var other = store.NewContext())
        {
            other.Add(new Setting { Key = "taken" });
            await other.SaveChangesAsync(Cancellation);
        }

        await using var context = store.NewContext();
        var clash = new Setting { Key = "taken" };
        context.AddRange(clash, new Order { Number = "first" });
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));
        context.Entry(clash).State = EntityState.Detached;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__created", "order__new"], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task A_failed_save_inside_a_transaction_leaves_the_earlier_events_in_it()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(new Setting { Key = "good" });
        await context.SaveChangesAsync(Cancellation);
        context.ChangeTracker.Clear();
        context.Add(new Setting { Key = "good" });
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(["good"], await KeysAsync(store, "setting__created"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_commit_after_a_failed_statement_publishes_what_it_commits(bool isAsync, bool recovers)
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        context.Add(new Setting { Key = $"before a failure {isAsync} {recovers}" });
        await context.SaveChangesAsync(Cancellation);

        await context.Database.ExecuteSqlRawAsync("SAVEPOINT here", Cancellation);
        await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            if (isAsync)
                await context.Database.ExecuteSqlRawAsync("SELECT 1/0", Cancellation);
            else
                context.Database.ExecuteSqlRaw("SELECT 1/0");
        });
        if (recovers)
            await context.Database.ExecuteSqlRawAsync("ROLLBACK TO SAVEPOINT here", Cancellation);
        if (isAsync)
            await transaction.CommitAsync(Cancellation);
        else
            transaction.Commit();

        context.Add(new Setting { Key = $"after it {isAsync} {recovers}" });
        await context.SaveChangesAsync(Cancellation);
        var after = $"after it {isAsync} {recovers}";
        Assert.Equal(recovers ? [$"before a failure {isAsync} {recovers}", after] : [after], await KeysAsync(store, "setting__created"));
    }

    [Fact]
    public async Task A_cancelled_save_publishes_nothing_and_can_be_repeated()
    {
        using var cancel = new CancellationTokenSource();
        var store = Fixture.CreateStore(interceptors: [new CancelAtCommand(cancel)]);
        await using var context = store.NewContext();

        context.Add(new Setting { Key = "cancelled" });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => context.SaveChangesAsync(cancel.Token));
        var afterCancel = await store.TakeEventsAsync();
        await context.SaveChangesAsync(Cancellation);

        Assert.Empty(afterCancel);
        Assert.Equal(["cancelled"], await KeysAsync(store, "setting__created"));
    }

    [Fact]
    public async Task A_concurrency_conflict_publishes_nothing_and_can_be_resolved()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "conflict" };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await context.Database.ExecuteSqlAsync(
            $"UPDATE \"Orders\" SET \"Number\" = 'elsewhere' WHERE \"Id\" = {order.Id}", Cancellation);

        order.Total = 7;
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync(Cancellation));
        await context.Entry(order).ReloadAsync(Cancellation);
        order.Total = 8;
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(["order__new", .. ToldOfAnotherWriter, "order__updated"], events.Select(e => e.Name));
        Assert.Equal("total", events[^1].Headers[EventHeaders.Changed]);
        Assert.Equal(8, (decimal)CapturedStore.Body(events[^1])["total"]!);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    public async Task A_commit_that_the_database_refuses_publishes_nothing_fails_as_without_events_and_can_be_repeated(
        bool isAsync, int rows)
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        await context.Database.ExecuteSqlRawAsync(
            """
            CREATE OR REPLACE FUNCTION refuse_box() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'refused at commit'; END $$;
            DROP TRIGGER IF EXISTS refuse_box ON "Boxes";
            CREATE CONSTRAINT TRIGGER refuse_box AFTER INSERT ON "Boxes" DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW."Label" = 'refused') EXECUTE FUNCTION refuse_box();
            """,
            Cancellation);
        var first = isAsync ? 100 + rows * 10 : 200 + rows * 10;
        Box[] boxes = [.. Enumerable.Range(first, rows).Select(id => new Box { Id = new BoxId(id), Label = "refused" })];
        await using var plain = NewPlainContext();
        plain.AddRange(boxes);
        var expected = await Assert.ThrowsAnyAsync<Exception>(() => SaveAsync(plain, isAsync));
        Assert.Contains("refused at commit", expected.ToString(), StringComparison.Ordinal);

        context.AddRange(boxes);
        var failure = await Assert.ThrowsAsync(expected.GetType(), () => SaveAsync(context, isAsync));
        var afterRefusal = await store.TakeEventsAsync();
        foreach (var box in boxes)
            box.Label = "welcome";
        await SaveAsync(context, isAsync);

        Assert.Equal(expected.Message, failure.Message);
        Assert.Equal(
            (expected as DbUpdateException)?.Entries.Select(entry => entry.Entity),
            (failure as DbUpdateException)?.Entries.Select(entry => entry.Entity));
        Assert.Empty(afterRefusal);
        Assert.Equal(boxes.Select(box => $"{box.Id.Value}"), (await KeysAsync(store, "box__new")).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retried_attempt_publishes_once(bool atCommit)
    {
        var fault = new TransientFault(atCommit);
        var store = Fixture.CreateStore(interceptors: [fault], retry: true);
        await using var context = store.NewContext();
        Order[] orders = [new() { Number = "retried" }, new() { Number = "retried beside it" }];

        context.AddRange(orders);
        await context.SaveChangesAsync(Cancellation);

        var published = await store.TakeEventsAsync();
        Assert.Equal(1, fault.Failures);
        Assert.Equal(orders.Select(order => $"{order.Id}").Order(), published.Select(e => e.Key).Order());
        Assert.All(published, e => Assert.Equal(e.Key, $"{CapturedStore.Body(e)["id"]}"));
    }

    [Fact]
    public async Task A_transaction_inside_a_retrying_strategy_publishes_once()
    {
        var store = Fixture.CreateStore(interceptors: [new TransientFault(atCommit: true)], retry: true);
        await using var context = store.NewContext();

        await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            context.ChangeTracker.Clear();
            await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
            context.Add(new Setting { Key = "strategy" });
            await context.SaveChangesAsync(Cancellation);
            await transaction.CommitAsync(Cancellation);
        });

        Assert.Equal(["strategy"], await KeysAsync(store, "setting__created"));
    }

    [Fact]
    public virtual async Task A_serializer_that_throws_fails_the_save_and_leaves_nothing_half_written()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var line = new OrderLine { Article = OrderLineSerializer.Poison };
        var order = new Order { Number = "poison", Lines = { line } };

        context.Add(order);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));
        var rows = await context.Orders.AsNoTracking().CountAsync(o => o.Number == "poison", Cancellation);
        var afterFailure = await store.TakeEventsAsync();
        line.Article = "mended";
        await context.SaveChangesAsync(Cancellation);

        Assert.Contains(typeof(OrderLine).FullName!, failure.Message, StringComparison.Ordinal);
        Assert.Contains(typeof(OrderLineSerializer).FullName!, failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, rows);
        Assert.Empty(afterFailure);
        Assert.Equal(["order__new", "order_line__created"], (await store.TakeNamesAsync()).Order());
    }

    [Fact]
    public virtual async Task A_serializer_that_throws_in_the_users_transaction_makes_it_impossible_to_commit()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "doomed", Lines = { new OrderLine { Article = OrderLineSerializer.Poison } } };
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(order);
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => transaction.CommitAsync(Cancellation));

        await using var other = store.NewContext();
        Assert.Equal(0, await other.Orders.CountAsync(o => o.Number == "doomed", Cancellation));
        Assert.Empty(await store.TakeEventsAsync());
    }

    private sealed class CancelAtCommand(CancellationTokenSource cancel) : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<System.Data.Common.DbDataReader>> ReaderExecutingAsync(
            System.Data.Common.DbCommand command,
            CommandEventData eventData,
            InterceptionResult<System.Data.Common.DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            cancel.Cancel();
            return new(result);
        }
    }
}
