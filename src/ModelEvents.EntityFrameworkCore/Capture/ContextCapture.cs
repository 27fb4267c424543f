using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Outbox;

namespace ModelEvents.Capture;

/// <summary>
/// Captures the saves of one context type. A save in EF Core's own transaction appends its events just before the commit;
/// one in the user's transaction appends them when it has ended, on the same connection, so that a rollback takes them
/// along.
/// </summary>
internal sealed class ContextCapture(
    CapturedModelsSource models, ChangeCapture changes, EventFactory events, Lazy<IOutbox> outbox, CommitWatch commits)
{
    public void Begin(DbContext context, ISaveChangesInterceptor self)
    {
        var state = StateOf(context);
        state.JustSaved = false;
        var save = new SaveScope(models.For(context), state.Save) { OwnsTransaction = !HasTransaction(context) };
        state.Save = save;
        if (save.Models.IsEmpty)
            return;

        save.DetectsChanges = ChangeDetection.DetectInPlaceOfSave(context, self);
        save.IsRelevant = TrackedEntries.AnyChanged(context, save.Models);
        if (!save.IsRelevant)
            return;

        if (!save.Models.IsRelational)
            save.Changes = changes.Capture(context, save.Models);
        else if (save.OwnsTransaction)
            AlwaysUseTransaction(context, save);
    }

    /// <summary>
    /// Notes what changes, when the first command is about to run: every interceptor has had its say by then, and entries
    /// still have their state and original values.
    /// </summary>
    public void BeforeFirstCommand(DbContext context, bool hasTransaction)
    {
        var state = StateOf(context);
        state.JustSaved = false;
        if (state.Save is not { Changes: null, Models.IsEmpty: false } save)
            return;

        RestoreDetection(context, save);

        save.Changes = changes.Capture(context, save.Models);
        if (save.HasChanges && save.OwnsTransaction && !hasTransaction)
        {
            throw new InvalidOperationException(
                $"A listed model ('{save.Changes[0].Model.Listed.Name}') was changed by an interceptor after ModelEvents had "
                + $"looked at the save of '{context.GetType().Name}', which therefore has no transaction. Add that interceptor "
                + "before 'Capture', or set 'Database.AutoTransactionBehavior' to 'Always'.");
        }
    }

    /// <summary>
    /// Appends in the transaction that EF Core began and is about to commit. Returns whether it was committed in the same
    /// round trip, which <paramref name="mayCommit"/> allows.
    /// </summary>
    public bool AppendBeforeCommit(DbContext context, bool mayCommit)
    {
        if (!IsCommitting(context, out var save))
            return false;

        CommitWatch.Appending(StateOf(context));
        var appended = events.Create(context, save.Changes!);
        if (mayCommit && outbox.Value is ICommittingOutbox committing)
        {
            committing.AppendAndCommit(context, appended);
            return true;
        }

        outbox.Value.Append(context, appended);
        return false;
    }

    /// <inheritdoc cref="AppendBeforeCommit"/>
    public async Task<bool> AppendBeforeCommitAsync(
        DbContext context, bool mayCommit, CancellationToken cancellationToken)
    {
        if (!IsCommitting(context, out var save))
            return false;

        CommitWatch.Appending(StateOf(context));
        var appended = events.Create(context, save.Changes!);
        if (mayCommit && outbox.Value is ICommittingOutbox committing)
        {
            await committing.AppendAndCommitAsync(context, appended, cancellationToken).ConfigureAwait(false);
            return true;
        }

        await outbox.Value.AppendAsync(context, appended, cancellationToken).ConfigureAwait(false);
        return false;
    }

    public void AppendToOpenTransaction(DbContext context)
    {
        if (!IsStillToAppend(context, out var save))
            return;

        try
        {
            outbox.Value.Append(context, events.Create(context, save.Changes!));
        }
        catch
        {
            UserTransaction.Doom(context);
            throw;
        }

        commits.Appended(context, save);
    }

    public async Task AppendToOpenTransactionAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (!IsStillToAppend(context, out var save))
            return;

        try
        {
            var appended = events.Create(context, save.Changes!);
            await outbox.Value.AppendAsync(context, appended, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await UserTransaction.DoomAsync(context).ConfigureAwait(false);
            throw;
        }

        commits.Appended(context, save);
    }

    public static void EndSaved(DbContext context)
    {
        var state = StateOf(context);
        End(context, state);
        state.JustSaved = true;
    }

    public static void EndFailed(DbContext context)
    {
        var state = StateOf(context);
        // Another interceptor threw after this save had ended here: EF Core reports the same save a second time.
        if (!state.JustSaved)
            End(context, state);
        state.JustSaved = false;
    }

    private static bool IsCommitting(DbContext context, out SaveScope save)
    {
        save = StateOf(context).Save!;
        return save is { OwnsTransaction: true, Committed: false, HasChanges: true };
    }

    private static bool IsStillToAppend(DbContext context, out SaveScope save)
    {
        save = StateOf(context).Save!;
        return save is { Committed: false, HasChanges: true };
    }

    private static void End(DbContext context, ContextState state)
    {
        if (state.Save is not { } save)
            return;

        state.Save = save.Outer;
        RestoreDetection(context, save);
        if (save.AutoTransactionBehavior is { } behavior)
            context.Database.AutoTransactionBehavior = behavior;
    }

    private static void RestoreDetection(DbContext context, SaveScope save)
    {
        if (save.DetectsChanges)
            ChangeDetection.Restore(context);
        save.DetectsChanges = false;
    }

    private static void AlwaysUseTransaction(DbContext context, SaveScope save)
    {
        save.AutoTransactionBehavior = context.Database.AutoTransactionBehavior;
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
    }

    private static bool HasTransaction(DbContext context) =>
        context.Database.CurrentTransaction is not null || UserTransaction.Ambient(context) is not null;

    private static ContextState StateOf(DbContext context) => context.GetService<ContextState>();
}
