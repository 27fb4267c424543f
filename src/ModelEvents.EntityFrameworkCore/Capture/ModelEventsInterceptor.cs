using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Capture;

/// <summary>
/// The doorway: tells <see cref="ContextCapture"/> when a save begins, when its transaction is about to commit and how it
/// ended. Next stop: <see cref="ChangeCapture"/>.
/// </summary>
internal sealed class ModelEventsInterceptor(ContextCapture capture) : ISaveChangesInterceptor, IDbTransactionInterceptor
{
    public ContextCapture Capture => capture;

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        capture.Begin(eventData.Context!, this);
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        new(SavingChanges(eventData, result));

    public InterceptionResult TransactionCommitting(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        var isCommitted = eventData.Context is { } context && capture.AppendBeforeCommit(context, MayCommit(context, result));
        return isCommitted ? InterceptionResult.Suppress() : result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction,
        TransactionEventData eventData,
        InterceptionResult result,
        CancellationToken cancellationToken = default)
    {
        var isCommitted = eventData.Context is { } context
            && await capture.AppendBeforeCommitAsync(context, MayCommit(context, result), cancellationToken)
                .ConfigureAwait(false);
        return isCommitted ? InterceptionResult.Suppress() : result;
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        capture.AppendToOpenTransaction(eventData.Context!);
        ContextCapture.EndSaved(eventData.Context!);
        return result;
    }

    public async ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        await capture.AppendToOpenTransactionAsync(eventData.Context!, cancellationToken).ConfigureAwait(false);
        ContextCapture.EndSaved(eventData.Context!);
        return result;
    }

    public void SaveChangesFailed(DbContextErrorEventData eventData) => ContextCapture.EndFailed(eventData.Context!);

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default) =>
        ContextCapture.EndFailedAsync(eventData.Context!);

    public void SaveChangesCanceled(DbContextEventData eventData) => ContextCapture.EndFailed(eventData.Context!);

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default) =>
        ContextCapture.EndFailedAsync(eventData.Context!);

    /// <summary>Another interceptor that comes later must still find the transaction open.</summary>
    private bool MayCommit(DbContext context, InterceptionResult result) =>
        !result.IsSuppressed && InterceptorChain.EndsWith<IDbTransactionInterceptor>(context, this);
}
