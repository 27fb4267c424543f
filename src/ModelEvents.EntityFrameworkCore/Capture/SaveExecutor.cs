using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>
/// Runs the commands of a save as EF Core does, in a transaction if the save needs one for its events. Everything that can
/// change what is saved has had its turn by now. Next stop: <see cref="ContextCapture.BeforeCommand"/>.
/// </summary>
internal sealed class SaveExecutor(IBatchExecutor executor, DbContext context) : IBatchExecutor
{
    public int Execute(IEnumerable<ModificationCommandBatch> commandBatches, IRelationalConnection connection)
    {
        if (!ContextCapture.BeginAttempt(context, out var save))
            return executor.Execute(commandBatches, connection);

        try
        {
            return executor.Execute(InTransaction(save, commandBatches), connection);
        }
        finally
        {
            save.PutBack(context);
        }
    }

    public Task<int> ExecuteAsync(
        IEnumerable<ModificationCommandBatch> commandBatches,
        IRelationalConnection connection,
        CancellationToken cancellationToken = default) =>
        ContextCapture.BeginAttempt(context, out var save)
            ? ExecuteAsync(save, commandBatches, connection, cancellationToken)
            : executor.ExecuteAsync(commandBatches, connection, cancellationToken);

    private async Task<int> ExecuteAsync(
        SaveScope save,
        IEnumerable<ModificationCommandBatch> commandBatches,
        IRelationalConnection connection,
        CancellationToken cancellationToken)
    {
        try
        {
            return await executor.ExecuteAsync(InTransaction(save, commandBatches), connection, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            save.PutBack(context);
        }
    }

    /// <summary>
    /// EF Core asks whether it is to begin a transaction once it has the first batch, whose making may call code of the user's.
    /// </summary>
    private IEnumerable<ModificationCommandBatch> InTransaction(
        SaveScope save, IEnumerable<ModificationCommandBatch> commandBatches)
    {
        var isFirst = true;
        foreach (var batch in commandBatches)
        {
            if (isFirst)
                save.UseTransaction(context);
            isFirst = false;
            yield return batch;
        }
    }
}
