using System.Transactions;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

public abstract partial class CommitContract<TFixture>
{
    [Fact]
    public async Task Nothing_is_published_when_the_transaction_rolls_back()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();

        await using (var transaction = await context.Database.BeginTransactionAsync(Cancellation))
        {
            context.Add(new Setting { Key = "rolled back" });
            await context.SaveChangesAsync(Cancellation);
            await transaction.RollbackAsync(Cancellation);
        }

        Assert.Empty(await store.TakeEventsAsync());
    }

    [Fact]
    public async Task Nothing_is_published_when_the_transaction_is_disposed_and_the_next_one_commits()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();

        await using (await context.Database.BeginTransactionAsync(Cancellation))
        {
            context.Add(new Setting { Key = "abandoned" });
            await context.SaveChangesAsync(Cancellation);
        }

        context.ChangeTracker.Clear();
        context.Add(new Setting { Key = "kept" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["kept"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    [Theory]
    [InlineData(true, AutoTransactionBehavior.WhenNeeded)]
    [InlineData(true, AutoTransactionBehavior.Never)]
    [InlineData(false, AutoTransactionBehavior.Never)]
    public async Task A_save_in_a_transaction_that_was_begun_by_SQL_is_part_of_it_or_refused(
        bool isAsync, AutoTransactionBehavior behavior)
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        context.Database.AutoTransactionBehavior = behavior;
        await context.Database.OpenConnectionAsync(Cancellation);

        var undone = await SaveInSqlAsync("ROLLBACK");
        var eventsOfUndone = await store.TakeEventsAsync();
        var kept = await SaveInSqlAsync("COMMIT");

        Assert.Empty(eventsOfUndone);
        Assert.Equal(behavior, context.Database.AutoTransactionBehavior);
        Assert.Equal(IsOneStatement ? [$"COMMIT {isAsync} {behavior}"] : [], await KeysAsync(store, "setting__created"));
        if (IsOneStatement)
            Assert.Equal((null, null), (undone, kept));
        else
            Assert.All([undone, kept], refused => Assert.Contains(
                "Begin that with 'Database.BeginTransaction'",
                Assert.IsType<InvalidOperationException>(refused).Message,
                StringComparison.Ordinal));

        async Task<Exception?> SaveInSqlAsync(string end)
        {
            await context.Database.ExecuteSqlRawAsync("BEGIN", Cancellation);
            context.Add(new Setting { Key = $"{end} {isAsync} {behavior}" });
            var failure = await Record.ExceptionAsync(() => SaveAsync(context, isAsync));
            await context.Database.ExecuteSqlRawAsync(end, Cancellation);
            context.ChangeTracker.Clear();
            return failure;
        }
    }

    [Fact]
    public async Task Several_saves_in_one_transaction_are_published_together_at_its_commit()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        var setting = new Setting { Key = "several" };
        context.Add(setting);
        await context.SaveChangesAsync(Cancellation);
        setting.Value = "2";
        await context.SaveChangesAsync(Cancellation);
        var before = await store.TakeEventsAsync();
        await transaction.CommitAsync(Cancellation);

        Assert.Empty(before);
        Assert.Equal(["setting__created", "setting__updated"], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task A_savepoint_that_is_rolled_back_takes_its_events_along()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(new Setting { Key = "before" });
        await context.SaveChangesAsync(Cancellation);
        await transaction.CreateSavepointAsync("here", Cancellation);
        context.Add(new Setting { Key = "undone" });
        await context.SaveChangesAsync(Cancellation);
        await transaction.RollbackToSavepointAsync("here", Cancellation);
        context.Add(new Setting { Key = "after" });
        await context.SaveChangesAsync(Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(["before", "after"], await KeysAsync(store, "setting__created"));
    }

    [Fact]
    public async Task A_transaction_scope_publishes_when_it_completes_and_not_otherwise()
    {
        var store = Fixture.CreateStore();

        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            context.Add(new Setting { Key = "scope kept" });
            await context.SaveChangesAsync(Cancellation);
            scope.Complete();
        }

        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            context.Add(new Setting { Key = "scope left" });
            await context.SaveChangesAsync(Cancellation);
        }

        Assert.Equal(["scope kept"], await KeysAsync(store, "setting__created"));
    }

    [Fact]
    public async Task Two_saves_in_one_transaction_scope_publish_in_order()
    {
        var store = Fixture.CreateStore();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            var setting = new Setting { Key = "scope twice" };
            context.Add(setting);
            await context.SaveChangesAsync(Cancellation);
            setting.Value = "2";
            await context.SaveChangesAsync(Cancellation);
            scope.Complete();
        }

        Assert.Equal(["setting__created", "setting__updated"], await store.TakeNamesAsync());
    }

    [Fact]
    public async Task A_transaction_scope_that_is_left_adds_nothing_to_the_next_one_of_its_context()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();

        foreach (var key in new[] { "scope one", "scope two" })
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            context.ChangeTracker.Clear();
            context.Add(new Setting { Key = key });
            await context.SaveChangesAsync(Cancellation);
            if (key == "scope two")
                scope.Complete();
        }

        Assert.Equal(["scope two"], await KeysAsync(store, "setting__created"));
    }

    [Fact]
    public async Task A_transaction_that_is_disposed_adds_nothing_to_a_transaction_scope_after_it()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();

        await using (await context.Database.BeginTransactionAsync(Cancellation))
        {
            context.Add(new Setting { Key = "disposed" });
            await context.SaveChangesAsync(Cancellation);
        }

        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            context.ChangeTracker.Clear();
            context.Add(new Setting { Key = "completed" });
            await context.SaveChangesAsync(Cancellation);
            scope.Complete();
        }

        Assert.Equal(["completed"], await KeysAsync(store, "setting__created"));
    }

    [Fact]
    public async Task A_transaction_handed_in_publishes_when_it_is_committed_and_not_otherwise()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        await context.Database.OpenConnectionAsync(Cancellation);
        var connection = context.Database.GetDbConnection();

        foreach (var key in new[] { "handed in", "taken back" })
        {
            await using var transaction = await connection.BeginTransactionAsync(Cancellation);
            await context.Database.UseTransactionAsync(transaction, Cancellation);
            context.Add(new Setting { Key = key });
            await context.SaveChangesAsync(Cancellation);
            if (key == "handed in")
                await context.Database.CommitTransactionAsync(Cancellation);
            else
                await context.Database.RollbackTransactionAsync(Cancellation);
        }

        Assert.Equal(["handed in"], await KeysAsync(store, "setting__created"));
    }
}
