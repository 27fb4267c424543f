using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>One attempt of a save in a transaction that is there for its events, whether EF Core would begin one or not.</summary>
internal sealed class SaveAttempt
{
    private readonly DbContext _context;
    private readonly SaveScope _save;
    private ModificationCommandBatch? _batch;
    private bool _isWritten;
    private bool _isOnlyForEvents;

    public SaveAttempt(DbContext context, SaveScope save)
    {
        (_context, _save) = (context, save);
        save.HasBegunTransaction = false;
    }

    /// <summary>
    /// EF Core asks whether it is to begin a transaction once it has the first batch, whose making may call code of the user's.
    /// </summary>
    public IEnumerable<ModificationCommandBatch> InTransaction(IEnumerable<ModificationCommandBatch> batches)
    {
        foreach (var batch in batches)
        {
            if (_batch is null)
            {
                _isOnlyForEvents = !BeginsTransaction(batch);
                _save.UseTransaction(_context);
            }

            _batch = batch;
            yield return batch;
        }

        // Only the commit is left.
        _isWritten = true;
    }

    /// <summary>What the user is to see of a failure, where that is something else.</summary>
    public Exception? Explain(Exception failure) => failure switch
    {
        // EF Core reports what fails without a transaction as a failure of the save, and a failed commit as it is.
        DbException when _isWritten && _isOnlyForEvents => new DbUpdateException(
            RelationalStrings.UpdateStoreException,
            failure,
            [.. _batch!.ModificationCommands.SelectMany(command => command.Entries)]),
        InvalidOperationException when _batch is not null && !_save.HasBegunTransaction => new InvalidOperationException(
            $"The save of '{_context.GetType().Name}' cannot begin the transaction that it needs for its events, as with a "
            + "transaction that was begun by SQL. Begin that with 'Database.BeginTransaction', so that EF Core knows it.",
            failure),
        _ => null,
    };

    private bool BeginsTransaction(ModificationCommandBatch first) => _context.Database.AutoTransactionBehavior switch
    {
        AutoTransactionBehavior.Always => true,
        AutoTransactionBehavior.Never => false,
        _ => first.AreMoreBatchesExpected || first.RequiresTransaction,
    };
}
