using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>
/// What every outbox promises about saves and their transactions: an event for each committed change, none for a change that
/// rolled back.
/// </summary>
public abstract class CommitContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    protected TFixture Fixture { get; } = fixture;

    protected virtual int TransactionsOfUnlistedModels => 0;

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
    public virtual async Task A_concurrency_conflict_publishes_nothing_and_can_be_resolved()
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
        Assert.Equal(["order__new", "order__updated"], events.Select(e => e.Name));
        Assert.Equal(8, (decimal)CapturedStore.Body(events[1])["total"]!);
    }

    [Fact]
    public async Task A_commit_that_the_database_refuses_publishes_nothing_and_can_be_repeated()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        await context.Database.ExecuteSqlRawAsync(
            """
            CREATE OR REPLACE FUNCTION refuse_box() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'refused at commit'; END $$;
            CREATE CONSTRAINT TRIGGER refuse_box AFTER INSERT ON "Boxes" DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW."Label" = 'refused') EXECUTE FUNCTION refuse_box();
            """,
            Cancellation);
        var box = new Box { Id = new BoxId(99), Label = "refused" };

        context.Add(box);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => context.SaveChangesAsync(Cancellation));
        var afterRefusal = await store.TakeEventsAsync();
        box.Label = "welcome";
        await context.SaveChangesAsync(Cancellation);

        Assert.Contains("refused at commit", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(afterRefusal);
        Assert.Equal(["99"], await KeysAsync(store, "box__new"));
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

    [Fact]
    public async Task A_nested_save_from_an_interceptor_publishes_both()
    {
        var nested = new NestedSave();
        var store = Fixture.CreateStore(interceptors: [nested]);
        await using var context = store.NewContext();

        context.Add(new Setting { Key = "outer" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["outer", "nested before", "nested after"], (await KeysAsync(store, "setting__created"))
            .OrderByDescending(key => key == "outer").ThenByDescending(key => key));
    }

    [Fact]
    public async Task A_soft_delete_by_an_interceptor_is_an_update()
    {
        var store = Fixture.CreateStore(interceptors: [new SoftDelete()]);
        await using var context = store.NewContext();
        var box = new Box { Id = new BoxId(17), Label = "soft" };
        context.Add(box);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        context.Remove(box);
        await context.SaveChangesAsync(Cancellation);

        var published = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal("updated", published.Headers[EventHeaders.Action]);
        Assert.Equal("is_deleted", published.Headers[EventHeaders.Changed]);
        Assert.True((bool)CapturedStore.Body(published)["is_deleted"]!);
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

    private static async Task<IReadOnlyList<string>> KeysAsync(CapturedStore store, string name) =>
        [.. (await store.TakeEventsAsync()).Where(e => e.Name == name).Select(e => e.Key)];

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

    private sealed class NestedSave : SaveChangesInterceptor
    {
        private int _depth;

        public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            await SaveAsync(eventData.Context!, "nested before");
            return result;
        }

        public override async ValueTask<int> SavedChangesAsync(
            SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            await SaveAsync(eventData.Context!, "nested after");
            return result;
        }

        private async Task SaveAsync(DbContext context, string key)
        {
            if (_depth++ == 0)
            {
                context.Add(new Setting { Key = key });
                await context.SaveChangesAsync();
            }

            _depth--;
        }
    }

    private sealed class SoftDelete : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            foreach (var entry in eventData.Context!.ChangeTracker.Entries<Box>().ToList())
            {
                if (entry.State == EntityState.Deleted)
                    (entry.State, entry.Entity.IsDeleted) = (EntityState.Unchanged, true);
            }

            return new(result);
        }
    }
}
