using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

public abstract partial class OwnCommandContract<TFixture>
{
    [Fact]
    public async Task A_row_that_another_has_changed_meanwhile_is_a_conflict_without_an_event()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        var order = new Order { Number = "contested" };
        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        await context.Database.ExecuteSqlAsync(
            $"""UPDATE "Orders" SET "Total" = 9 WHERE "Id" = {order.Id}""", Cancellation);
        await store.TakeEventsAsync();

        order.Total = 5;

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync(Cancellation));
        Assert.Empty(await store.TakeEventsAsync());
    }

    [Theory]
    [InlineData(EntityState.Modified)]
    [InlineData(EntityState.Deleted)]
    public async Task A_row_that_is_gone_is_a_conflict_without_an_event(EntityState state)
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();

        context.Entry(new Setting { Key = $"gone {state}" }).State = state;

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync(Cancellation));
        Assert.Empty(await store.TakeEventsAsync());
    }

    [Fact]
    public async Task A_key_that_is_taken_fails_the_save_without_an_event()
    {
        var store = fixture.CreateStore();
        await using var first = store.NewContext();
        first.Add(new Setting { Key = "taken" });
        await first.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        await using var second = store.NewContext();
        second.Add(new Setting { Key = "taken" });

        await Assert.ThrowsAsync<DbUpdateException>(() => second.SaveChangesAsync(Cancellation));
        Assert.Empty(await store.TakeEventsAsync());
    }

    [Fact]
    public async Task A_row_that_a_trigger_keeps_out_has_no_event()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await context.Database.ExecuteSqlRawAsync(
            """
            CREATE OR REPLACE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW."Key" = 'kept out' THEN RETURN NULL; END IF; RETURN NEW; END $$;
            CREATE OR REPLACE TRIGGER keep_out BEFORE INSERT ON "Settings" FOR EACH ROW EXECUTE FUNCTION keep_out();
            """,
            Cancellation);

        context.Add(new Setting { Key = "kept out" });

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync(Cancellation));
        Assert.Empty(await store.TakeEventsAsync());
    }

    [Fact]
    public async Task Several_inserts_of_which_one_fails_leave_neither_rows_nor_events()
    {
        var store = fixture.CreateStore();
        await using var first = store.NewContext();
        first.Add(new Setting { Key = "there" });
        await first.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        await using var second = store.NewContext();
        second.AddRange(new Setting { Key = "not there" }, new Setting { Key = "there" });
        await Assert.ThrowsAsync<DbUpdateException>(() => second.SaveChangesAsync(Cancellation));

        Assert.Empty(await store.TakeEventsAsync());
        Assert.False(await store.NewContext().Settings.AnyAsync(s => s.Key == "not there", Cancellation));
        second.Entry(second.Settings.Local.Single(s => s.Key == "there")).State = EntityState.Detached;
        await second.SaveChangesAsync(Cancellation);
        Assert.Equal(["not there"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    [Fact]
    public async Task A_conflict_among_several_rows_leaves_neither_rows_nor_events()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        context.Add(new Setting { Key = "beside a conflict" });
        context.Entry(new Setting { Key = "never there" }).State = EntityState.Modified;

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Empty(await store.TakeEventsAsync());
        Assert.False(await store.NewContext().Settings.AnyAsync(s => s.Key == "beside a conflict", Cancellation));
    }

    [Fact]
    public async Task A_retried_statement_publishes_once()
    {
        var fault = new FailingOnce();
        var store = fixture.CreateStore(interceptors: [fault], retry: true);
        await using var context = store.NewContext();
        var vehicle = new Vehicle { Plate = "DB-4" };

        context.Add(vehicle);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(2, fault.Attempts);
        Assert.Equal([$"{vehicle.Id}"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    private sealed class FailingOnce : DbCommandInterceptor
    {
        public int Attempts { get; private set; }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default) =>
            ++Attempts == 1 ? throw new TransientException() : new(result);
    }
}
