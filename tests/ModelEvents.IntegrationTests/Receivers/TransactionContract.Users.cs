using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>Receivers in transactions of the user's.</summary>
public abstract partial class TransactionContract<TFixture>
{
    protected virtual string[] EventsOfTwoContexts => ["bill__created", "guest__created"];

    [Fact]
    public async Task A_receiver_that_throws_after_a_save_rolls_the_users_transaction_back()
    {
        var pizzeria = await fixture.CreateAsync();
        using var connected = pizzeria.Receivers.AfterSave<Bill>((_, _, _) => throw new FormatException("refused"));
        await using var context = pizzeria.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        context.Add(new Guest { Name = "in the same transaction" });
        await context.SaveChangesAsync(Cancellation);

        context.Add(new Bill());
        await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => transaction.CommitAsync(Cancellation));

        Assert.Empty(await pizzeria.TakeEventsAsync());
        Assert.False(await context.Guests.AnyAsync(g => g.Name == "in the same transaction", Cancellation));
    }

    [Fact]
    public async Task What_a_receiver_saves_in_the_users_transaction_is_published_once_and_in_order()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(async (bill, save, cancellation) =>
        {
            if (!save.Created)
                return;

            bill.Total = 4;
            save.Using.Add(new Guest { Name = "guest" });
            await save.Using.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        context.Add(new Bill());
        await context.SaveChangesAsync(Cancellation);
        var before = await pizzeria.TakeEventsAsync();
        await transaction.CommitAsync(Cancellation);

        Assert.Empty(before);
        var names = await pizzeria.TakeNamesAsync();
        Assert.Equal("bill__created", names[0]);
        Assert.Equal(["bill__updated", "guest__created"], names.Skip(1).Order());
    }

    [Fact]
    public async Task A_transaction_scope_is_as_good_as_any_other()
    {
        var pizzeria = await fixture.CreateAsync();
        var refuses = false;
        pizzeria.Receivers.AfterSave<Bill>(async (_, save, cancellation) =>
        {
            save.Using.Add(new Guest { Name = "guest" });
            await save.Using.SaveChangesAsync(cancellation);
            if (refuses)
                throw new FormatException("refused");
        });

        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = pizzeria.NewContext();
            context.Add(new Bill());
            await context.SaveChangesAsync(Cancellation);
            scope.Complete();
        }

        refuses = true;
        await Assert.ThrowsAsync<TransactionAbortedException>(async () =>
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await using var context = pizzeria.NewContext();
            context.Add(new Bill());
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
            scope.Complete();
        });

        Assert.Equal(["bill__created", "guest__created"], await pizzeria.TakeNamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receiver_that_spoils_a_transaction_scope_fails_the_save_and_is_named(bool isAsync)
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(
            (_, save, cancellation) => save.IsAsync
                ? save.Database.ExecuteSqlRawAsync("SELECT 1/0", cancellation)
                : Task.FromResult(save.Database.ExecuteSqlRaw("SELECT 1/0")),
            Robust);

        await Assert.ThrowsAsync<TransactionAbortedException>(async () =>
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await using var context = pizzeria.NewContext();
            context.Add(new Bill { Table = "spoilt scope" });
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(
                () => isAsync ? context.SaveChangesAsync(Cancellation) : Task.FromResult(context.SaveChanges()));
            Assert.StartsWith("The receiver 'robust' has failed and left", failure.Message, StringComparison.Ordinal);
            scope.Complete();
        });

        Assert.Empty(await pizzeria.TakeEventsAsync());
    }

    [Fact]
    public async Task A_savepoint_takes_back_what_receivers_have_saved_since()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(async (bill, save, cancellation) =>
        {
            save.Using.Add(new Guest { Name = bill.Table });
            await save.Using.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        var table = $"{Guid.CreateVersion7()}";

        context.Add(new Bill { Table = $"{table} stays" });
        await context.SaveChangesAsync(Cancellation);
        await transaction.CreateSavepointAsync("here", Cancellation);
        context.Add(new Bill { Table = $"{table} goes" });
        await context.SaveChangesAsync(Cancellation);
        await transaction.RollbackToSavepointAsync("here", Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(["bill__created", "guest__created"], await pizzeria.TakeNamesAsync());
        await using var fresh = pizzeria.NewContext();
        Assert.Equal(
            [$"{table} stays"],
            await fresh.Guests.Where(g => g.Name.StartsWith(table)).Select(g => g.Name).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task What_a_receiver_saves_with_another_context_in_the_same_transaction_goes_with_the_save()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(async (_, save, cancellation) =>
        {
            await using var other = pizzeria.NewContext();
            other.Database.SetDbConnection(save.Database.GetDbConnection());
            await other.Database.UseTransactionAsync(save.Database.CurrentTransaction!.GetDbTransaction(), cancellation);
            other.Add(new Guest { Name = "with another context" });
            await other.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        context.Add(new Bill());

        using (pizzeria.Receivers.AfterSave<Bill>((_, _, _) => throw new FormatException("refused")))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        var afterFailure = await pizzeria.TakeEventsAsync();
        await context.SaveChangesAsync(Cancellation);

        Assert.Empty(afterFailure);
        Assert.Equal(EventsOfTwoContexts, (await pizzeria.TakeNamesAsync()).Order());
    }
}
