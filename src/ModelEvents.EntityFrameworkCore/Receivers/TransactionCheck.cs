using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>
/// Finds out whether something that failed has spoilt the transaction, as a receiver's exception that does not stop the save: a
/// commit would then save nothing, and some databases would not even say so.
/// </summary>
internal static class TransactionCheck
{
    public static async Task CheckAsync(ReceivedSave save, Receiver receiver, Exception exception)
    {
        var transaction = save.Context.Database.CurrentTransaction;
        if (!ReferenceEquals(transaction, save.Transaction) || UserTransaction.IsLost(save.Context))
            throw Spoilt(receiver, exception);
        if (!save.Context.Database.IsRelational()
            || (transaction is null && UserTransaction.Ambient(save.Context) is null))
            return;

        if (!(save.IsAsync ? await IsUsableAsync(save.Context).ConfigureAwait(false) : IsUsable(save.Context)))
            throw Spoilt(receiver, exception);
    }

    /// <summary>Asks the database whether statements can still be run in the transaction.</summary>
    public static bool IsUsable(DbContext context)
    {
        try
        {
            Ask(context, context.Database.CurrentTransaction);
            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }

    /// <inheritdoc cref="IsUsable"/>
    public static async Task<bool> IsUsableAsync(DbContext context)
    {
        try
        {
            await AskAsync(context, context.Database.CurrentTransaction).ConfigureAwait(false);
            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }

    // In an ambient transaction EF Core closes the connection after each command.
    private static void Ask(DbContext context, IDbContextTransaction? transaction)
    {
        context.Database.OpenConnection();
        try
        {
            using var command = NewCommand(context, transaction);
            command.ExecuteScalar();
        }
        finally
        {
            context.Database.CloseConnection();
        }
    }

    private static async Task AskAsync(DbContext context, IDbContextTransaction? transaction)
    {
        await context.Database.OpenConnectionAsync().ConfigureAwait(false);
        try
        {
            using var command = NewCommand(context, transaction);
            await command.ExecuteScalarAsync().ConfigureAwait(false);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    private static DbCommand NewCommand(DbContext context, IDbContextTransaction? transaction)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        command.Transaction = transaction?.GetDbTransaction();
        command.CommandText = "SELECT 1";
        return command;
    }

    private static InvalidOperationException Spoilt(Receiver receiver, Exception exception) => new(
        $"The receiver '{receiver.Name}' has failed and left the transaction of the save unusable, so that the save fails "
        + "although it is to go on. Let it use a savepoint, or a context of its own, for what may fail.",
        exception);
}
