using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Outbox;
using ModelEvents.OwnEvents;
using ModelEvents.Receivers;

namespace ModelEvents.Capture;

/// <summary>
/// Captures the saves of one context type: what is remembered of each from its begin to its end, and what changes in it.
/// </summary>
internal sealed class ContextCapture(
    CapturedModelsSource models,
    ChangeCapture changes,
    SaveEvents events,
    Lazy<IOutbox> outbox,
    CommitWatch commits,
    SavedDatabases databases)
{
    private readonly OwnCommandAppend _ownCommand = new(outbox, events.OfChanges);

    /// <summary>Appends the events of the saves.</summary>
    public SaveAppend Events { get; } = new(events, outbox, commits);

    /// <summary>Whether there is room for the events of a save.</summary>
    public SaveRoom Room { get; } = new(outbox);

    /// <summary>Appends own events of this context type.</summary>
    public OwnEventAppend OwnEvents { get; } = new(outbox, commits, events.OfChanges);

    /// <summary>What is remembered of the context.</summary>
    public static ContextState StateOf(DbContext context) => context.GetService<ContextState>();

    /// <summary>A save is about to begin; receivers have their turn before it does.</summary>
    public SaveScope Open(DbContext context, ReceivedSave? received)
    {
        var state = StateOf(context);
        var transactions = UserTransaction.ManagerOf(context);
        var transaction = UserTransaction.Current(transactions);
        return state.Save = new SaveScope(models.For(context), state, transactions)
        {
            Capture = this,
            OwnsTransaction = transaction is null,
            Transaction = transaction,
            Received = received,
        };
    }

    /// <summary>A save begins. Where there are no commands, now is when to note what changes.</summary>
    public static void Begin(DbContext context, SaveScope save)
    {
        save.State.JustSaved = false;
        if (save.IsOfNoInterest || save.Models.IsRelational)
            return;

        if (save.Received is null)
            Detect(context);
        if (HasAfter(save) || TrackedEntries.AnyChanged(context, save.Models))
            save.Capture.Note(context, save, hasTransaction: true);
    }

    /// <summary>The commands of a save are about to be made and run, by one attempt of perhaps several.</summary>
    /// <returns>Whether they need a transaction, which EF Core is to begin.</returns>
    public static bool BeginAttempt(DbContext context, [NotNullWhen(true)] out SaveScope? save)
    {
        save = StateOf(context).Save;
        if (save?.Changes is { } before)
        {
            foreach (var change in before)
                change.IsRefused = false;
        }

        return save is { OwnsTransaction: true } && save.Capture.NeedsTransaction(context, save);
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

        // Its transaction has begun.
        save.PutBack(context);
        if (save.Changes is null)
            Note(context, save, command.Transaction is not null);

        if (save is { HasChanges: true, OwnsTransaction: true })
            _ownCommand.Append(context, save, command);
    }

    /// <summary>A command of a save is about to run, and its connection is open.</summary>
    public void Prepare(DbContext context, DbCommand command)
    {
        var save = StateOf(context).Save;
        save?.EnterCommand(context);
        if (HasEvents(save) && outbox.Value is IDatabaseOutbox own)
            databases.Saving(context, own);
        _ownCommand.Prepare(save, command);
    }

    /// <inheritdoc cref="Prepare"/>
    public Task PrepareAsync(DbContext context, DbCommand command, CancellationToken cancellationToken)
    {
        var save = StateOf(context).Save;
        save?.EnterCommand(context);
        if (!HasEvents(save) || outbox.Value is not IDatabaseOutbox own)
            return _ownCommand.PrepareAsync(save, command, cancellationToken);

        var checking = databases.SavingAsync(context, own, cancellationToken);
        return checking.IsCompletedSuccessfully
            ? _ownCommand.PrepareAsync(save, command, cancellationToken)
            : PrepareAsync(checking, save, command, cancellationToken);
    }

    private async Task PrepareAsync(
        ValueTask checking, SaveScope? save, DbCommand command, CancellationToken cancellationToken)
    {
        await checking.ConfigureAwait(false);
        await _ownCommand.PrepareAsync(save, command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the command writes an event itself, or rows that the log tells of. Others are appended later.</summary>
    private static bool HasEvents(SaveScope? save) => save is { IsStatement: true } or { Models.HasLog: true };

    /// <summary>Something failed in the transaction of a save, which EF Core may go on with.</summary>
    public static void NoteFailure(DbContext? context, Exception exception)
    {
        if (context is not null && StateOf(context).Save is { } save)
            save.TransactionError = exception;
    }

    /// <inheritdoc cref="ICommandOutbox.Failed"/>
    public void Failed(DbContext context, Exception failure) => _ownCommand.Failed(context, failure);

    public static void EndSaved(ContextState state)
    {
        End(state);
        state.JustSaved = true;
    }

    public static void EndFailed(DbContext context)
    {
        if (EndFailedSave(context) is { AwaitsEvents: true } failed)
            UserTransaction.Doom(failed.Transaction);
    }

    public static Task EndFailedAsync(DbContext context) =>
        EndFailedSave(context) is { AwaitsEvents: true } failed
            ? UserTransaction.DoomAsync(failed.Transaction)
            : Task.CompletedTask;

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
        (state.JustSaved, state.HasFailedCommand) = (false, true);
        if (failed is not null)
            End(state);
        return failed;
    }

    private static void End(ContextState state)
    {
        if (state.Save is not { } save)
            return;

        state.Save = save.Outer;
        save.LetGo();
    }

    private static void Detect(DbContext context)
    {
        try
        {
            ChangeDetection.Detect(context);
        }
        catch
        {
            // EF Core does not report a save as failed that has not begun.
            EndFailed(context);
            throw;
        }
    }

    private static bool HasAfter(SaveScope save) => save.Received is { } received && SavePlan.HasAfter(received);

    private bool NeedsTransaction(DbContext context, SaveScope save) =>
        save.OwnEvents is not null
        || HasAfter(save)
        || (!save.Models.IsEmpty
            && TrackedEntries.AnyChanged(context, save.Models)
            && (!_ownCommand.MayBeStatement(context, save) || events.OfRules.MayRaise(context, save)));

    private void Note(DbContext context, SaveScope save, bool hasTransaction)
    {
        save.Received?.Note(hasTransaction || !save.OwnsTransaction);
        save.Changes = changes.Capture(context, save.Models);
        events.OfRules.Note(context, save);
    }
}
