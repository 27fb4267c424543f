using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.OwnEvents;

namespace ModelEvents.Tests.Capture;

/// <summary>Who begins the transaction of saves.</summary>
public enum Begun
{
    BySave,
    ByContext,
    ByConnection,
    ByScope,
    ByEnlisting,
}

/// <summary>Saves of a context whose session may end at any point, with what can be found out afterwards.</summary>
internal sealed class Saves(CapturedStore store, StoreContext context, string name)
{
    public const string First = "first";

    public bool IsAsync { get; init; } = true;

    /// <summary>Whether each first row comes with an own event of its key.</summary>
    public bool TriggersOwn { get; init; }

    /// <summary>Saves until it is committed or fails; returns why it failed.</summary>
    public async Task<Exception?> TryAsync(Begun begun)
    {
        try
        {
            await context.Database.CreateExecutionStrategy().ExecuteAsync(() => SaveAsync(begun));
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private Task SaveAsync(Begun begun)
    {
        context.ChangeTracker.Clear();
        return begun switch
        {
            Begun.ByContext => InContextsTransactionAsync(),
            Begun.ByConnection => InConnectionsTransactionAsync(),
            Begun.ByScope => InScopeAsync(),
            Begun.ByEnlisting => EnlistedAsync(),
            _ => WithoutTransactionAsync(),
        };
    }

    private async Task WithoutTransactionAsync()
    {
        await SaveAsync(First, "beside it");
        await SaveAsync("second");
    }

    private async Task InContextsTransactionAsync()
    {
        await using var transaction = await context.Database.BeginTransactionAsync();
        await SaveWithOwnAsync();
        await transaction.CommitAsync();
    }

    private async Task InConnectionsTransactionAsync()
    {
        await context.Database.OpenConnectionAsync();
        await using var transaction = await context.Database.GetDbConnection().BeginTransactionAsync();
        await context.Database.UseTransactionAsync(transaction);
        await SaveWithOwnAsync();
        // The commit of a transaction that EF Core has left is for whoever began it.
        if (context.Database.CurrentTransaction is null)
            await transaction.CommitAsync();
        else
            await context.Database.CommitTransactionAsync();
    }

    private async Task InScopeAsync()
    {
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await SaveWithOwnAsync();
        scope.Complete();
    }

    private async Task EnlistedAsync()
    {
        await context.Database.OpenConnectionAsync();
        using var transaction = new CommittableTransaction();
        context.Database.EnlistTransaction(transaction);
        await SaveWithOwnAsync();
        transaction.Commit();
    }

    private async Task SaveWithOwnAsync()
    {
        await SaveAsync(First, "beside it");
        if (!TriggersOwn)
            return;

        var events = store.Services.GetRequiredService<IModelEvents>().OnContext(context);
        if (IsAsync)
            await events.TriggerAsync(StockEvents.Closed, key: name + First);
        else
            events.Trigger(StockEvents.Closed, key: name + First);
    }

    private async Task SaveAsync(params IEnumerable<string> rows)
    {
        context.AddRange(rows.Select(row => new Setting { Key = name + row }));
        if (IsAsync)
            await context.SaveChangesAsync();
        else
            context.SaveChanges();
    }
}
