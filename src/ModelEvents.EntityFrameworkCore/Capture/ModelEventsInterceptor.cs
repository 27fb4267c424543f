using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Receivers;

namespace ModelEvents.Capture;

/// <summary>
/// The doorway: tells <see cref="ContextCapture"/> and <see cref="SaveReceivers"/> when a save begins, when its transaction
/// is about to commit and how it ended. Next stop: <see cref="ChangeCapture"/>.
/// </summary>
internal sealed class ModelEventsInterceptor(ContextCapture capture, SaveReceivers receivers)
    : ISaveChangesInterceptor, IDbTransactionInterceptor
{
    public ContextCapture Capture => capture;

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        var context = eventData.Context!;
        var save = capture.Open(context, result.HasResult ? null : receivers.NewSave(context, isAsync: false));
        receivers.Before(save);
        ContextCapture.Begin(context, save);
        if (capture.Room.IsMissing(context, save))
            Admit(context);
        return result;
    }

    public async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        var context = eventData.Context!;
        var save = capture.Open(context, result.HasResult ? null : receivers.NewSave(context, isAsync: true));
        await receivers.BeforeAsync(save, cancellationToken).ConfigureAwait(false);
        ContextCapture.Begin(context, save);
        if (capture.Room.IsMissing(context, save))
            await AdmitAsync(context, cancellationToken).ConfigureAwait(false);
        return result;
    }

    public InterceptionResult TransactionCommitting(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        if (eventData.Context is not { } context)
            return result;

        var isCommitted = capture.Events.BeforeCommit(context, MayCommit(context, result));
        receivers.BeforeCommit(context);
        return isCommitted ? InterceptionResult.Suppress() : result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction,
        TransactionEventData eventData,
        InterceptionResult result,
        CancellationToken cancellationToken = default)
    {
        if (eventData.Context is not { } context)
            return result;

        var isCommitted = await capture.Events.BeforeCommitAsync(context, MayCommit(context, result), cancellationToken)
            .ConfigureAwait(false);
        await receivers.BeforeCommitAsync(context, cancellationToken).ConfigureAwait(false);
        return isCommitted ? InterceptionResult.Suppress() : result;
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        var context = eventData.Context!;
        var state = ContextCapture.StateOf(context);
        capture.Events.ToOpenTransaction(context, state);
        receivers.Saved(context);
        ContextCapture.EndSaved(state);
        return result;
    }

    public async ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        var context = eventData.Context!;
        var state = ContextCapture.StateOf(context);
        await capture.Events.ToOpenTransactionAsync(context, state, cancellationToken).ConfigureAwait(false);
        await receivers.SavedAsync(context, cancellationToken).ConfigureAwait(false);
        ContextCapture.EndSaved(state);
        return result;
    }

    public void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData)
    {
        ContextCapture.NoteFailure(eventData.Context, eventData.Exception);
        receivers.CommitFailed(eventData.Context);
    }

    public Task TransactionFailedAsync(
        DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        TransactionFailed(transaction, eventData);
        return Task.CompletedTask;
    }

    public void SaveChangesFailed(DbContextErrorEventData eventData)
    {
        capture.Failed(eventData.Context!, eventData.Exception);
        Fail(eventData.Context!);
    }

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        capture.Failed(eventData.Context!, eventData.Exception);
        return FailAsync(eventData.Context!);
    }

    public void SaveChangesCanceled(DbContextEventData eventData) => Fail(eventData.Context!);

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default) =>
        FailAsync(eventData.Context!);

    public InterceptionResult ThrowingConcurrencyException(
        ConcurrencyExceptionEventData eventData, InterceptionResult result)
    {
        ConflictWatch.Start(eventData.Context!, eventData.Entries);
        return result;
    }

    public ValueTask<InterceptionResult> ThrowingConcurrencyExceptionAsync(
        ConcurrencyExceptionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        new(ThrowingConcurrencyException(eventData, result));

    /// <summary>EF Core does not report a save as failed that has not begun.</summary>
    private void Admit(DbContext context)
    {
        try
        {
            capture.Room.Admit(context);
        }
        catch
        {
            Fail(context);
            throw;
        }
    }

    /// <inheritdoc cref="Admit"/>
    private async Task AdmitAsync(DbContext context, CancellationToken cancellationToken)
    {
        try
        {
            await capture.Room.AdmitAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await FailAsync(context).ConfigureAwait(false);
            throw;
        }
    }

    private void Fail(DbContext context)
    {
        receivers.Failed(context);
        ContextCapture.EndFailed(context);
    }

    private async Task FailAsync(DbContext context)
    {
        await receivers.FailedAsync(context).ConfigureAwait(false);
        await ContextCapture.EndFailedAsync(context).ConfigureAwait(false);
    }

    /// <summary>Another interceptor that comes later, and receivers, must still find the transaction open.</summary>
    private bool MayCommit(DbContext context, InterceptionResult result) =>
        !result.IsSuppressed
        && !receivers.AreAwaited(context)
        && InterceptorChain.EndsWith<IDbTransactionInterceptor>(context, this);
}
