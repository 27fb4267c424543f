using Microsoft.EntityFrameworkCore;
using ModelEvents.Outbox;

namespace ModelEvents.Capture;

/// <summary>
/// Appends the events of saves to the outbox of one context type: of a save in EF Core's own transaction just before the
/// commit; of one in the user's transaction when it has ended, on the same connection, so that a rollback takes them along.
/// </summary>
internal sealed class SaveAppend(SaveEvents events, Lazy<IOutbox> outbox, CommitWatch commits)
{
    /// <summary>
    /// Appends in the transaction that is about to be committed: EF Core's own or, where an interceptor commits it inside the
    /// save, the user's. Returns whether EF Core's own was committed in the same round trip, which
    /// <paramref name="mayCommit"/> allows.
    /// </summary>
    public bool BeforeCommit(DbContext context, bool mayCommit)
    {
        if (!IsCommitting(context, out var save))
            return false;

        CommitWatch.Appending(context);
        var committing = mayCommit && save.OwnsTransaction ? outbox.Value as ICommittingOutbox : null;
        events.Lend(save, isDoneOnceAppended: committing is not null);
        var appended = events.Make(context, save, save.Changes ?? []);
        if (appended.Count == 0)
            return false;

        save.ThrowIfLost(context);
        if (committing is null)
        {
            outbox.Value.Append(context, appended);
            return false;
        }

        committing.AppendAndCommit(context, appended);
        save.ReturnBodies();
        return true;
    }

    /// <inheritdoc cref="BeforeCommit"/>
    public async Task<bool> BeforeCommitAsync(
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

        save.ThrowIfLost(context);
        if (committing is null)
        {
            await outbox.Value.AppendAsync(context, appended, cancellationToken).ConfigureAwait(false);
            return false;
        }

        await committing.AppendAndCommitAsync(context, appended, cancellationToken).ConfigureAwait(false);
        save.ReturnBodies();
        return true;
    }

    /// <summary>Appends what a save has not appended yet, as its transaction goes on after it.</summary>
    public void ToOpenTransaction(DbContext context, ContextState state)
    {
        if (!IsStillToAppend(state, out var save))
            return;

        CommitWatch.Appending(context);
        if (!IsAllInStatement(save))
            AppendOrDoom(context, save);
        commits.Appended(context, save.Models.IsRelational);
    }

    /// <inheritdoc cref="ToOpenTransaction"/>
    public async Task ToOpenTransactionAsync(
        DbContext context, ContextState state, CancellationToken cancellationToken)
    {
        if (!IsStillToAppend(state, out var save))
            return;

        CommitWatch.Appending(context);
        if (!IsAllInStatement(save))
            await AppendOrDoomAsync(context, save, cancellationToken).ConfigureAwait(false);
        commits.Appended(context, save.Models.IsRelational);
    }

    private void AppendOrDoom(DbContext context, SaveScope save)
    {
        try
        {
            if (events.Make(context, save, SaveEvents.TakeChanges(save)) is not { Count: > 0 } appended)
                return;

            save.ThrowIfLost(context);
            outbox.Value.Append(context, appended);
        }
        catch
        {
            UserTransaction.Doom(save.Transaction);
            throw;
        }
    }

    private async Task AppendOrDoomAsync(DbContext context, SaveScope save, CancellationToken cancellationToken)
    {
        try
        {
            var appended = await events.MakeAsync(context, save, SaveEvents.TakeChanges(save), cancellationToken)
                .ConfigureAwait(false);
            if (appended.Count == 0)
                return;

            save.ThrowIfLost(context);
            await outbox.Value.AppendAsync(context, appended, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await UserTransaction.DoomAsync(save.Transaction).ConfigureAwait(false);
            throw;
        }
    }

    private static bool IsCommitting(DbContext context, out SaveScope save)
    {
        save = ContextCapture.StateOf(context).Save!;
        return save is { IsSettled: false, IsStatement: false }
            and ({ HasChanges: true } or { OwnEvents: not null })
            and ({ OwnsTransaction: true } or { AwaitsEvents: true, IsInCurrentTransaction: true });
    }

    private static bool IsAllInStatement(SaveScope save) => save is { IsStatement: true, OwnEvents: null };

    private static bool IsStillToAppend(ContextState state, out SaveScope save)
    {
        save = state.Save!;
        return save is { IsSettled: false, HasChanges: true } or { OwnEvents: not null };
    }
}
