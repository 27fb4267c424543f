using System.Data;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Capture;

/// <summary>The transaction that the user began around one or several saves.</summary>
internal static class UserTransaction
{
    // Asked of EF Core's own service, which a save uses anyway: `context.Database` would first make a dozen others.
    public static IDbContextTransactionManager ManagerOf(DbContext context) =>
        context.GetService<IDbContextTransactionManager>();

    public static bool IsOpen(DbContext context) => Current(ManagerOf(context)) is not null;

    /// <summary>The transaction that the context's commands are part of, EF Core's or an ambient one.</summary>
    public static object? Current(IDbContextTransactionManager transactions) =>
        (object?)transactions.CurrentTransaction ?? Ambient(transactions);

    /// <summary>The <see cref="TransactionScope"/> or enlisted transaction that the context's commands are part of.</summary>
    public static Transaction? Ambient(DbContext context) => Ambient(ManagerOf(context));

    /// <summary>
    /// Whether the transaction that EF Core knows has ended, or the connection under it, which would leave the transaction
    /// without a word when it is opened again: what is written then would be committed on its own.
    /// </summary>
    public static bool IsLost(IDbContextTransactionManager transactions)
    {
        if (transactions is not IRelationalConnection connection)
            return false;
        if (connection.CurrentTransaction is { } transaction)
            return connection.DbConnection.State != ConnectionState.Open || !IsInUse(transaction);

        return ((ITransactionEnlistmentManager)connection).EnlistedTransaction is not null
            && connection.DbConnection.State != ConnectionState.Open;
    }

    /// <inheritdoc cref="IsLost(IDbContextTransactionManager)"/>
    public static bool IsLost(DbContext context) => IsLost(ManagerOf(context));

    /// <exception cref="DbUpdateException">The context's transaction is lost.</exception>
    public static void ThrowIfLost(DbContext context)
    {
        if (IsLost(context))
            throw Lost(context, null);
    }

    public static DbUpdateException Lost(DbContext context, Exception? cause) => new(
        $"The connection of '{context.GetType().Name}' has ended or left its transaction, so that no event is written. Unless "
        + "something else has committed that, as an interceptor can, nothing of it is: do again what was done in it, in a new "
        + "transaction.",
        cause);

    /// <summary>
    /// Makes sure that the user's transaction cannot be committed: a change is in it whose event could not be written.
    /// </summary>
    public static void Doom(object? transaction)
    {
        if (transaction is Transaction ambient)
            ambient.Rollback();
        else if (transaction is IDbContextTransaction own && IsInUse(own))
            own.Rollback();
    }

    /// <inheritdoc cref="Doom"/>
    public static async Task DoomAsync(object? transaction)
    {
        if (transaction is Transaction ambient)
            ambient.Rollback();
        else if (transaction is IDbContextTransaction own && IsInUse(own))
            await own.RollbackAsync().ConfigureAwait(false);
    }

    private static Transaction? Ambient(IDbContextTransactionManager transactions)
    {
        if (transactions is not IRelationalConnection { CurrentTransaction: null } connection)
            return null;

        // As EF Core sees it: a connection with 'Enlist=false' is part of no scope. Npgsql looks at its text for that.
        var enlistment = (ITransactionEnlistmentManager)connection;
        return enlistment.EnlistedTransaction
            ?? (Transaction.Current is null ? null : enlistment.CurrentAmbientTransaction);
    }

    /// <summary>Whether it goes on. Providers say by nothing or by an exception that it does not.</summary>
    private static bool IsInUse(IDbContextTransaction transaction)
    {
        try
        {
            var own = transaction.GetDbTransaction();
            // One that was rolled back keeps its connection in Npgsql, but no isolation level: asking for that throws.
            _ = own.IsolationLevel;
            return own.Connection is { State: ConnectionState.Open };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
