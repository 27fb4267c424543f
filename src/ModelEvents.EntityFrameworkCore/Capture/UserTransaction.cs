using System.Transactions;
using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Capture;

/// <summary>The transaction that the user began around one or several saves.</summary>
internal static class UserTransaction
{
    public static bool IsOpen(DbContext context) =>
        context.Database.CurrentTransaction is not null || Ambient(context) is not null;

    /// <summary>The <see cref="TransactionScope"/> or enlisted transaction that the context's commands are part of.</summary>
    public static Transaction? Ambient(DbContext context) =>
        context.Database.IsRelational() && context.Database.CurrentTransaction is null
            ? context.Database.GetEnlistedTransaction() ?? Transaction.Current
            : null;

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
}
