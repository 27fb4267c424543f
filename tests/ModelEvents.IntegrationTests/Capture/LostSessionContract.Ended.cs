using System.Data.Common;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Tests.Capture.Store;
using Npgsql;

namespace ModelEvents.Tests.Capture;

public abstract partial class LostSessionContract<TFixture>
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_save_whose_own_transaction_an_interceptor_rolls_back_below_EF_Core_fails(bool isAsync, bool isRaw)
    {
        var store = fixture.CreateStore(before: [new BelowCommit(transaction => RollBack(transaction, isRaw))]);
        await using var context = store.NewContext();
        var key = $"below, own {isAsync} {isRaw}";
        context.AddRange(new Setting { Key = $"{key} one" }, new Setting { Key = $"{key} two" });

        await Assert.ThrowsAsync<DbUpdateException>(
            () => isAsync ? context.SaveChangesAsync(Cancellation) : Task.FromResult(context.SaveChanges()));

        Assert.Empty(await RowsAsync(store, key));
        Assert.Empty((await EventsAsync(store, key)).Changes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_in_a_transaction_that_an_interceptor_rolls_back_below_EF_Core_fails(bool isRaw)
    {
        var acting = new Acting
        {
            Saved = saving =>
            {
                RollBack(saving.Database.CurrentTransaction!.GetDbTransaction(), isRaw);
                return Task.CompletedTask;
            },
        };
        var store = fixture.CreateStore(before: [acting]);
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        var key = $"below {isRaw}";
        context.Add(new Setting { Key = key });

        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Empty(await RowsAsync(store, key));
        Assert.Empty((await EventsAsync(store, key)).Changes);
    }

    [Fact]
    public async Task A_save_whose_connection_an_interceptor_opens_again_outside_of_its_transaction_fails()
    {
        var store = fixture.CreateStore(before: [new Acting { Saved = OpenAgainAsync }]);
        await using var context = store.NewContext();
        await context.Database.OpenConnectionAsync(Cancellation);
        using var transaction = new CommittableTransaction();
        context.Database.EnlistTransaction(transaction);
        context.Add(new Setting { Key = "opened again" });

        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(TransactionStatus.Aborted, transaction.TransactionInformation.Status);
        Assert.Empty(await RowsAsync(store, "opened again"));
        Assert.Empty((await EventsAsync(store, "opened again")).Changes);
    }

    [Fact]
    public async Task A_connection_that_an_interceptor_opens_again_in_a_scope_is_part_of_that()
    {
        var store = fixture.CreateStore(before: [new Acting { Saved = OpenAgainAsync }]);
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var context = store.NewContext();
            context.Add(new Setting { Key = "scope opened again" });
            await context.SaveChangesAsync(Cancellation);
            scope.Complete();
        }

        Assert.Equal(["scope opened again"], await RowsAsync(store, "scope opened again"));
        Assert.Equal(["scope opened again"], (await EventsAsync(store, "scope opened again")).Changes);
    }

    private static async Task OpenAgainAsync(DbContext context)
    {
        await context.Database.GetDbConnection().CloseAsync();
        await context.Database.GetDbConnection().OpenAsync(Cancellation);
    }

    private static void RollBack(DbTransaction transaction, bool isRaw)
    {
        if (!isRaw)
        {
            transaction.Rollback();
            return;
        }

        using var command = new NpgsqlCommand("ROLLBACK", (NpgsqlConnection)transaction.Connection!);
        command.ExecuteNonQuery();
    }

    /// <summary>Does something with the transaction that EF Core is about to commit.</summary>
    private sealed class BelowCommit(Action<DbTransaction> act) : DbTransactionInterceptor
    {
        public override InterceptionResult TransactionCommitting(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
        {
            act(transaction);
            return result;
        }

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction,
            TransactionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default) =>
            new(TransactionCommitting(transaction, eventData, result));
    }
}
