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

        var attempt = new SaveAttempt(context, save);
        try
        {
            return executor.Execute(attempt.InTransaction(commandBatches), connection);
        }
        catch (Exception failure) when (attempt.Explain(failure) is { } explained)
        {
            throw explained;
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
        var attempt = new SaveAttempt(context, save);
        try
        {
            return await executor.ExecuteAsync(attempt.InTransaction(commandBatches), connection, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (attempt.Explain(failure) is { } explained)
        {
            throw explained;
        }
        finally
        {
            save.PutBack(context);
        }
    }
}
