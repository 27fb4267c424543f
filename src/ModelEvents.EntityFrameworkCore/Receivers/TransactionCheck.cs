using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

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
        if (!ReferenceEquals(transaction, save.Transaction))
            throw Spoilt(receiver, exception);
        if (transaction is null || !save.Context.Database.IsRelational())
            return;

        try
        {
            using var command = NewCommand(save.Context, transaction);
            if (save.IsAsync)
                await command.ExecuteScalarAsync().ConfigureAwait(false);
            else
                command.ExecuteScalar();
        }
        catch (DbException)
        {
            throw Spoilt(receiver, exception);
        }
    }

    private static DbCommand NewCommand(DbContext context, IDbContextTransaction transaction)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        command.Transaction = transaction.GetDbTransaction();
        command.CommandText = "SELECT 1";
        return command;
    }

    private static InvalidOperationException Spoilt(Receiver receiver, Exception exception) => new(
        $"The receiver '{receiver.Name}' has failed and left the transaction of the save unusable, so that the save fails "
        + "although it is to go on. Let it use a savepoint, or a context of its own, for what may fail.",
        exception);
}
