using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Capture;

/// <summary>The transaction that the user began around one or several saves.</summary>
internal static class UserTransaction
{
    // Asked of EF Core's own service, which a save uses anyway: `context.Database` would first make a dozen others.
    public static bool IsOpen(DbContext context)
    {
        var transactions = context.GetService<IDbContextTransactionManager>();
        return transactions.CurrentTransaction is not null || Ambient(transactions) is not null;
    }

    /// <summary>The <see cref="TransactionScope"/> or enlisted transaction that the context's commands are part of.</summary>
    public static Transaction? Ambient(DbContext context) =>
        Ambient(context.GetService<IDbContextTransactionManager>());

    /// <summary>
    /// Makes sure that the user's transaction cannot be committed: a change is in it whose event could not be written.
    /// </summary>
    public static void Doom(DbContext context)
    {
        if (Ambient(context) is { } ambient)
            ambient.Rollback();
        else
            context.Database.CurrentTransaction?.Rollback();
    }

    /// <inheritdoc cref="Doom"/>
    public static async Task DoomAsync(DbContext context)
    {
        if (Ambient(context) is { } ambient)
            ambient.Rollback();
        else if (context.Database.CurrentTransaction is { } transaction)
            await transaction.RollbackAsync().ConfigureAwait(false);
    }

    // As EF Core sees it: a connection with 'Enlist=false' is part of no scope, and its rows are committed with the save.
    private static Transaction? Ambient(IDbContextTransactionManager transactions) =>
        transactions is IRelationalConnection { CurrentTransaction: null } connection
        && (ITransactionEnlistmentManager)connection is var enlistment
            ? enlistment.EnlistedTransaction ?? enlistment.CurrentAmbientTransaction
            : null;
}
