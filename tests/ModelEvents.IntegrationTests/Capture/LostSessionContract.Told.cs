using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.OwnEvents;
using Npgsql;

namespace ModelEvents.Tests.Capture;

public abstract partial class LostSessionContract<TFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_whose_session_ends_before_its_savepoint_is_released_fails_and_says_why(bool isAsync)
    {
        using var end = new SessionEnd(fixture.ConnectionString);
        var store = fixture.CreateStore(interceptors: [end]);
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        context.Add(new Setting { Key = $"not released {isAsync}" });
        end.EndAt(AtRelease);

        var failure = await Assert.ThrowsAsync<DbUpdateException>(
            () => isAsync ? context.SaveChangesAsync(Cancellation) : Task.FromResult(context.SaveChanges()));
        await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync(Cancellation));

        Assert.StartsWith("The connection of 'StoreContext' has ended or left", failure.Message, StringComparison.Ordinal);
        Assert.Equal("57P01", Assert.IsType<PostgresException>(failure.InnerException).SqlState);
        end.Rest();
        Assert.Empty(await RowsAsync(store, "not released"));
        Assert.Empty((await EventsAsync(store, "not released")).Changes);
    }

    [Fact]
    public async Task A_retrying_strategy_does_again_what_was_done_in_the_transaction()
    {
        using var end = new SessionEnd(fixture.ConnectionString);
        var store = fixture.CreateStore(register: services => services.AddDbContext<StoreContext>(options => options
            .UseNpgsql(fixture.ConnectionString, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.FromMilliseconds(1), null))
            .AmongMany().AddInterceptors(end)));
        await using var context = store.NewContext();
        end.EndAt(AtRelease + 1);

        var failure = await new Saves(store, context, "again ") { TriggersOwn = true }.TryAsync(Begun.ByContext);

        Assert.Null(failure);
        Assert.False(end.IsPast);
        var (changes, own) = await EventsAsync(store, "again ");
        Assert.Equal(["again beside it", "again first"], changes);
        Assert.Equal(["again first"], own);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_own_event_in_a_transaction_whose_session_has_ended_is_refused(bool isAsync)
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        await Assert.ThrowsAnyAsync<Exception>(() => context.Database.ExecuteSqlRawAsync(
            "SELECT pg_terminate_backend(pg_backend_pid())", Cancellation));
        var events = store.Services.GetRequiredService<IModelEvents>().OnContext(context);

        await Assert.ThrowsAsync<DbUpdateException>(async () =>
        {
            if (isAsync)
                await events.TriggerAsync(StockEvents.Closed, key: "refused", cancellationToken: Cancellation);
            else
                events.Trigger(StockEvents.Closed, key: "refused");
        });

        await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync(Cancellation));
        Assert.Empty((await EventsAsync(store, "refused")).Own);
    }

    [Fact]
    public async Task Nothing_is_published_of_a_transaction_that_was_left_when_an_own_event_follows_it()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await using (await context.Database.BeginTransactionAsync(Cancellation))
        {
            context.Add(new Setting { Key = "left" });
            await context.SaveChangesAsync(Cancellation);
        }

        await store.Services.GetRequiredService<IModelEvents>().OnContext(context)
            .TriggerAsync(StockEvents.Closed, key: "left behind", cancellationToken: Cancellation);

        var (changes, own) = await EventsAsync(store, "left");
        Assert.Empty(changes);
        Assert.Equal(["left behind"], own);
    }

    [Fact]
    public async Task Nothing_is_published_of_a_transaction_that_an_interceptor_rolls_back_in_the_save()
    {
        var acting = new Acting { Saved = context => context.Database.RollbackTransactionAsync(Cancellation) };
        var store = fixture.CreateStore(before: [acting]);
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(new Setting { Key = "rolled back" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Empty(await RowsAsync(store, "rolled back"));
        Assert.Empty((await EventsAsync(store, "rolled back")).Changes);
    }

    [Fact]
    public async Task A_scope_that_somebody_rolls_back_in_the_save_fails_it()
    {
        var store = fixture.CreateStore(before: [new Acting { Saved = _ => RollBackAsync() }]);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            context.AddRange(new Setting { Key = "aborted one" }, new Setting { Key = "aborted two" });
            await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));
        }

        Assert.Empty(await RowsAsync(store, "aborted"));
        Assert.Empty((await EventsAsync(store, "aborted")).Changes);

        static Task RollBackAsync()
        {
            Transaction.Current!.Rollback();
            return Task.CompletedTask;
        }
    }

    /// <summary>Where Npgsql does not read that as EF Core does, a connection that is closed leaves the scope.</summary>
    [Theory]
    [InlineData("Enlist=false", true)]
    [InlineData("Enlist = false", false)]
    public async Task A_connection_that_takes_no_part_in_transaction_scopes_has_events_with_its_rows(
        string enlist, bool isCommitted)
    {
        var store = fixture.CreateStore(register: services => services.AddDbContext<StoreContext>(
            options => options.UseNpgsql($"{fixture.ConnectionString};{enlist}").AmongMany()));

        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            context.AddRange(new Setting { Key = $"{enlist} one" }, new Setting { Key = $"{enlist} two" });
            await context.SaveChangesAsync(Cancellation);
        }

        string[] expected = isCommitted ? [$"{enlist} one", $"{enlist} two"] : [];
        Assert.Equal(expected, await RowsAsync(store, enlist));
        Assert.Equal(expected, (await EventsAsync(store, enlist)).Changes);
    }

    /// <summary>The save begins, savepoint before and after, command before and after.</summary>
    private const int AtRelease = 5;
}
