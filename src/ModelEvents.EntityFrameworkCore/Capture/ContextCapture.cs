using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Outbox;
using ModelEvents.OwnEvents;
using ModelEvents.Receivers;

namespace ModelEvents.Capture;

/// <summary>
/// Captures the saves of one context type. A save in EF Core's own transaction appends its events just before the commit;
/// one in the user's transaction appends them when it has ended, on the same connection, so that a rollback takes them
/// along.
/// </summary>
internal sealed class ContextCapture(
    CapturedModelsSource models,
    ChangeCapture changes,
    SaveEvents events,
    Lazy<IOutbox> outbox,
    CommitWatch commits)
{
    private readonly OwnCommandAppend _ownCommand = new(outbox, events.OfChanges);

    /// <summary>Appends own events of this context type.</summary>
    public OwnEventAppend OwnEvents { get; } = new(outbox, commits, events.OfChanges);

    /// <summary>What is remembered of the context.</summary>
    public static ContextState StateOf(DbContext context) => context.GetService<ContextState>();

    /// <summary>A save is about to begin; receivers have their turn before it does.</summary>
    public SaveScope Open(DbContext context, ReceivedSave? received)
    {
        var state = StateOf(context);
        return state.Save = new SaveScope(models.For(context), state)
        {
            OwnsTransaction = !UserTransaction.IsOpen(context),
            Received = received,
        };
    }

    public void Begin(DbContext context, SaveScope save, ISaveChangesInterceptor self)
    {
        save.State.JustSaved = false;
        if (save.IsOfNoInterest)
            return;

        if (save.Received is null)
            ChangeDetection.Detect(context);
        // Where there is no command there is nothing that switches detection on again before other interceptors save once more.
        save.DetectsChanges = save.Models.IsRelational && ChangeDetection.StandsForSave(context, self);
        var isReceived = save.Received is { } received && SavePlan.HasAfter(received);
        if (!isReceived && !TrackedEntries.AnyChanged(context, save.Models))
            return;

        if (!save.Models.IsRelational)
            Note(context, save, hasTransaction: true);
        else if (save.OwnsTransaction
            && (isReceived || !_ownCommand.MayBeStatement(context, save) || events.OfRules.MayRaise(context, save)))
            save.UseTransaction(context);
    }

    /// <summary>
    /// Notes what changes, when the first command is made: every interceptor has had its say by then, and entries
    /// still have their state and original values. Events that are known by then may travel in the command itself.
    /// </summary>
    public void BeforeCommand(DbContext context, DbCommand command)
    {
        var state = StateOf(context);
        state.JustSaved = false;
        if (state.Save is not { IsOfNoInterest: false } save)
            return;

        if (save.Changes is null)
        {
            save.RestoreDetection(context);
            Note(context, save, command.Transaction is not null);
        }

        if (save is { HasChanges: true, OwnsTransaction: true })
            _ownCommand.Append(context, save, command);
    }

    /// <summary>A command of a save is about to run, and its connection is open.</summary>
    public void Prepare(DbContext context, DbCommand command) => _ownCommand.Prepare(StateOf(context).Save, command);

    /// <inheritdoc cref="Prepare"/>
    public Task PrepareAsync(DbContext context, DbCommand command, CancellationToken cancellationToken) =>
        _ownCommand.PrepareAsync(StateOf(context).Save, command, cancellationToken);

    /// <summary>
    /// Appends in the transaction that is about to be committed: EF Core's own or, where an interceptor commits it inside the
    /// save, the user's. Returns whether EF Core's own was committed in the same round trip, which
    /// <paramref name="mayCommit"/> allows.
    /// </summary>
    public bool AppendBeforeCommit(DbContext context, bool mayCommit)
    {
        if (!IsCommitting(context, out var save))
            return false;

        CommitWatch.Appending(context);
        var committing = mayCommit && save.OwnsTransaction ? outbox.Value as ICommittingOutbox : null;
        events.Lend(save, isDoneOnceAppended: committing is not null);
        var appended = events.Make(context, save, save.Changes ?? []);
        if (appended.Count == 0)
            return false;
        if (committing is null)
        {
            outbox.Value.Append(context, appended);
            return false;
        }

        committing.AppendAndCommit(context, appended);
        save.ReturnBodies();
        return true;
    }

    /// <inheritdoc cref="AppendBeforeCommit"/>
    public async Task<bool> AppendBeforeCommitAsync(
        DbContext context, bool mayCommit, CancellationToken cancellationToken)
    {
        if (!IsCommitting(context, out var save))
            return false;

        CommitWatch.Appending(context);
        var committing = mayCommit && save.OwnsTransaction ? outbox.Value as ICommittingOutbox : null;
        events.Lend(save, isDoneOnceAppended: committing is not null);
        var appended = await events.MakeAsync(context, save, save.Changes ?? [], cancellationToken).ConfigureAwait(false);
        if (appended.Count == 0)
            return false;
        if (committing is null)
        {
            await outbox.Value.AppendAsync(context, appended, cancellationToken).ConfigureAwait(false);
            return false;
        }

        await committing.AppendAndCommitAsync(context, appended, cancellationToken).ConfigureAwait(false);
        save.ReturnBodies();
        return true;
    }

    public void AppendToOpenTransaction(DbContext context, ContextState state)
    {
        if (!IsStillToAppend(state, out var save))
            return;

        CommitWatch.Appending(context);
        if (save is { IsStatement: true, OwnEvents: null })
        {
            commits.Appended(context, save.Models.IsRelational);
            return;
        }

        try
        {
            if (events.Make(context, save, SaveEvents.TakeChanges(save)) is { Count: > 0 } appended)
                outbox.Value.Append(context, appended);
        }
        catch
        {
            UserTransaction.Doom(context);
            throw;
        }

        commits.Appended(context, save.Models.IsRelational);
    }

    public async Task AppendToOpenTransactionAsync(
        DbContext context, ContextState state, CancellationToken cancellationToken)
    {
        if (!IsStillToAppend(state, out var save))
            return;

        CommitWatch.Appending(context);
        if (save is { IsStatement: true, OwnEvents: null })
        {
            commits.Appended(context, save.Models.IsRelational);
            return;
        }

        try
        {
            var appended = await events.MakeAsync(context, save, SaveEvents.TakeChanges(save), cancellationToken)
                .ConfigureAwait(false);
            if (appended.Count > 0)
                await outbox.Value.AppendAsync(context, appended, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await UserTransaction.DoomAsync(context).ConfigureAwait(false);
            throw;
        }

        commits.Appended(context, save.Models.IsRelational);
    }

    public static void EndSaved(DbContext context, ContextState state)
    {
        End(context, state);
        state.JustSaved = true;
    }

    public static void EndFailed(DbContext context)
    {
        if (EndFailedSave(context) is { AwaitsEvents: true })
            UserTransaction.Doom(context);
    }

    public static Task EndFailedAsync(DbContext context) =>
        EndFailedSave(context) is { AwaitsEvents: true } ? UserTransaction.DoomAsync(context) : Task.CompletedTask;

    /// <summary>
    /// Ends a save that failed. Where another interceptor failed it after its changes were written and before their events
    /// could be, the user's transaction must not be committed.
    /// </summary>
    private static SaveScope? EndFailedSave(DbContext context)
    {
        var state = StateOf(context);
        // Another interceptor threw after a nested save had ended here: EF Core reports it a second time, while the save
        // around it is still to run.
        var failed = state is { JustSaved: true, Save.Changes: null } ? null : state.Save;
        state.JustSaved = false;
        if (failed is not null)
            End(context, state);
        return failed;
    }

    private static bool IsCommitting(DbContext context, out SaveScope save)
    {
        save = StateOf(context).Save!;
        return save is { IsSettled: false, IsStatement: false }
            and ({ HasChanges: true } or { OwnEvents: not null })
            and ({ OwnsTransaction: true } or { AwaitsEvents: true });
    }

    private static bool IsStillToAppend(ContextState state, out SaveScope save)
    {
        save = state.Save!;
        return save is { IsSettled: false, HasChanges: true } or { OwnEvents: not null };
    }

    private static void End(DbContext context, ContextState state)
    {
        if (state.Save is not { } save)
            return;

        state.Save = save.Outer;
        save.PutBack(context);
    }

    private void Note(DbContext context, SaveScope save, bool hasTransaction)
    {
        save.Received?.Note(hasTransaction || !save.OwnsTransaction);
        save.Changes = changes.Capture(context, save.Models);
        events.OfRules.Note(context, save);
    }
}
