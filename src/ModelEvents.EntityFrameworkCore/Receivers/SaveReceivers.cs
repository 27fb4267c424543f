using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>
/// Calls the receivers of a save: those before it when it begins, those after it when its rows are written and its
/// transaction is still open. Where there are no receivers, each method asks for no more than that.
/// Next stop: <see cref="SavePlan"/>.
/// </summary>
internal sealed class SaveReceivers(ModelReceivers receivers, ReceiverRunner runner, IServiceProvider root)
{
    /// <summary>What receivers are to know of a save that is about to begin; nothing where there are none.</summary>
    public ReceivedSave? NewSave(DbContext context, bool isAsync)
    {
        if (receivers.OfSaves is not { } set)
            return null;

        var state = StateOf(context);
        var running = state.Save?.Received;
        // Another interceptor may have refused the save that seems to be running: EF Core does not report that.
        if (running is not { IsCalling: true })
            state.Failures = null;
        var isRaw = state.IsRaw;
        state.IsRaw = false;
        var outer = running is { IsCalled: true } ? running : null;
        return new ReceivedSave(context, set, outer?.Services ?? new ReceiverServices(context, root), outer)
        {
            IsAsync = isAsync,
            IsRaw = isRaw,
        };
    }

    /// <summary>Calls what is to be called before the save.</summary>
    public void Before(SaveScope save)
    {
        if (save.Received is { } received)
            BeforeAsync(received, CancellationToken.None).ThrowIfFailed();
    }

    /// <inheritdoc cref="Before"/>
    public Task BeforeAsync(SaveScope save, CancellationToken cancellationToken) =>
        save.Received is { } received ? BeforeAsync(received, cancellationToken) : Task.CompletedTask;

    /// <summary>Whether the save whose transaction is about to be committed has receivers to be called in it.</summary>
    public bool AreAwaited(DbContext context) => Awaited(context) is not null;

    /// <summary>Calls what is to be called before the commit of the save's transaction.</summary>
    public void BeforeCommit(DbContext context)
    {
        if (Awaited(context) is { } save)
            AfterAsync(save, CancellationToken.None).ThrowIfFailed();
    }

    /// <inheritdoc cref="BeforeCommit"/>
    public Task BeforeCommitAsync(DbContext context, CancellationToken cancellationToken) =>
        Awaited(context) is { } save ? AfterAsync(save, cancellationToken) : Task.CompletedTask;

    /// <summary>The commit has failed: what was called is void.</summary>
    public void CommitFailed(DbContext? context)
    {
        if (receivers.Exist && context is not null)
            ScopeOf(context)?.Received?.Undo();
    }

    /// <summary>Calls what is to be called in the user's transaction, or where there is none.</summary>
    public void Saved(DbContext context)
    {
        if (receivers.Exist && ScopeOf(context) is { Received: not null } scope)
            SavedAsync(scope, CancellationToken.None).ThrowIfFailed();
    }

    /// <inheritdoc cref="Saved"/>
    public Task SavedAsync(DbContext context, CancellationToken cancellationToken) =>
        receivers.Exist && ScopeOf(context) is { Received: not null } scope
            ? SavedAsync(scope, cancellationToken)
            : Task.CompletedTask;

    /// <summary>The save has failed.</summary>
    public void Failed(DbContext context)
    {
        if (receivers.Exist)
            ScopeOf(context)?.Received?.Dispose();
    }

    /// <inheritdoc cref="Failed"/>
    public ValueTask FailedAsync(DbContext context) =>
        receivers.Exist && ScopeOf(context)?.Received is { } save ? save.DisposeAsync() : ValueTask.CompletedTask;

    private ReceivedSave? Awaited(DbContext context) =>
        receivers.Exist && ScopeOf(context) is { Received: { IsAwaited: true } save } scope
        && (scope.OwnsTransaction || save.IsAccepted)
            ? save
            : null;

    private async Task BeforeAsync(ReceivedSave save, CancellationToken cancellationToken)
    {
        try
        {
            var told = new ToldInstances();
            for (var round = 0; ; round++)
            {
                ChangeDetection.Detect(save.Context);
                var calls = SavePlan.Before(save, told);
                if (calls.Count == 0)
                    return;
                if (round == ReceiverDepth.Most)
                    throw ReceiverDepth.TooDeep($"before a save, at last {NamesOf(calls)}");

                await runner.CallAsync(save, calls, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            // EF Core does not report a save as failed that has not begun.
            await save.DisposeAsync().ConfigureAwait(false);
            StateOf(save.Context).JustSaved = false;
            ContextCapture.EndFailed(save.Context);
            throw;
        }
    }

    /// <summary>EF Core accepts the changes after its commit; receivers are to find them accepted now.</summary>
    private async Task AfterAsync(ReceivedSave save, CancellationToken cancellationToken)
    {
        if (!save.IsAccepted)
            save.Accept();

        try
        {
            await CallAsync(save, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            save.Undo();
            throw;
        }

        save.AwaitEnd();
    }

    private async Task SavedAsync(SaveScope scope, CancellationToken cancellationToken)
    {
        var save = scope.Received!;
        try
        {
            if (save.IsAwaited)
            {
                scope.IsSettled = true;
                await InOpenTransactionAsync(scope, save, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await save.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task InOpenTransactionAsync(SaveScope scope, ReceivedSave save, CancellationToken cancellationToken)
    {
        var staysPending = !save.IsAccepted;
        if (staysPending)
            save.Accept();

        try
        {
            await CallAsync(save, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (save.Outer is { } outer)
        {
            outer.Failure ??= exception;
            throw;
        }
        catch
        {
            await DoomAsync(scope.Transaction, save.IsAsync).ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (staysPending)
                save.End(accepts: false);
        }
    }

    private async Task CallAsync(ReceivedSave save, CancellationToken cancellationToken)
    {
        save.BeginCalls();
        try
        {
            await runner.CallAsync(save, save.After, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The last save to have ended is one that a receiver made.
            StateOf(save.Context).JustSaved = false;
        }

        if (save.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    private static Task DoomAsync(object? transaction, bool isAsync)
    {
        if (isAsync)
            return UserTransaction.DoomAsync(transaction);

        UserTransaction.Doom(transaction);
        return Task.CompletedTask;
    }

    private static string NamesOf(IEnumerable<PlannedCall> calls) => string.Join(
        ", ", calls.SelectMany(call => call.Receivers).Select(receiver => $"'{receiver.Name}'").Distinct());

    private static SaveScope? ScopeOf(DbContext context) => StateOf(context).Save;

    private static ContextState StateOf(DbContext context) => context.GetService<ContextState>();
}
