using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>
/// Makes sure that a receiver whose exception does not stop the save has not spoilt its transaction: a commit would then save
/// nothing, and some databases would not even say so.
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

        try
        {
            if (save.IsAsync)
                await AskAsync(save.Context, transaction).ConfigureAwait(false);
            else
                Ask(save.Context, transaction);
        }
        catch (DbException)
        {
            throw Spoilt(receiver, exception);
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
