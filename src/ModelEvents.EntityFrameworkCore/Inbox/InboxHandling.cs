using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;
using ModelEvents.Consuming;

namespace ModelEvents.Inbox;

/// <summary>Handles one delivery: note the event, run the handler, commit both. Can be run again after a failure.</summary>
internal sealed class InboxHandling(
    DbContext context, InboxMessage message, Func<CancellationToken, Task> handle, bool dropStale, TimeProvider time)
{
    /// <summary>The last handled sequence, where the event says that another one preceded it.</summary>
    public long? LastBeforeGap { get; private set; }

    public async Task<InboxOutcome> RunAsync(CancellationToken cancellationToken)
    {
        UserTransaction.ThrowIfLost(context);
        using var tables = InboxContext.On(context);
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            // Most duplicates end here, without a transaction and without an error in the database's log.
            if (await IsNotedAsync(tables, cancellationToken).ConfigureAwait(false))
                return InboxOutcome.Duplicate;

            return UserTransaction.IsOpen(context)
                ? await HandleAsync(tables, own: null, cancellationToken).ConfigureAwait(false)
                : await HandleInOwnTransactionAsync(tables, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    private async Task<InboxOutcome> HandleInOwnTransactionAsync(
        InboxContext tables, CancellationToken cancellationToken)
    {
        var own = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = own.ConfigureAwait(false);
        tables.Join(context);

        try
        {
            var outcome = await HandleAsync(tables, own, cancellationToken).ConfigureAwait(false);
            if (outcome != InboxOutcome.Duplicate)
                await own.CommitAsync(cancellationToken).ConfigureAwait(false);
            return outcome;
        }
        catch
        {
            // What is tracked now is not what the database has, and must not be saved by the next attempt.
            context.ChangeTracker.Clear();
            throw;
        }
    }

    private async Task<InboxOutcome> HandleAsync(
        InboxContext tables, IDbContextTransaction? own, CancellationToken cancellationToken)
    {
        if (!await TryNoteAsync(tables, own, cancellationToken).ConfigureAwait(false))
            return InboxOutcome.Duplicate;
        if (dropStale && message.Event.Model.Length > 0 && await IsStaleAsync(tables, cancellationToken).ConfigureAwait(false))
            return InboxOutcome.Stale;

        // EF Core goes on where the release of its savepoint fails.
        UserTransaction.ThrowIfLost(context);
        await handle(cancellationToken).ConfigureAwait(false);

        // A database error that the handler swallowed leaves PostgreSQL's transaction to a rollback, which its commit then
        // is without a word. This look fails there.
        if (!await IsNotedAsync(tables, cancellationToken).ConfigureAwait(false))
            throw new InvalidOperationException(
                $"The handler of '{message.Consumer}' rolled back the transaction in which it was to handle "
                + $"'{message.Event.Name}'. Throw from it instead: the inbox then rolls back.");

        return InboxOutcome.Handled;
    }

    /// <summary>Waits while another delivery is being handled; returns false if that one was committed.</summary>
    private async Task<bool> TryNoteAsync(
        InboxContext tables, IDbContextTransaction? own, CancellationToken cancellationToken)
    {
        tables.Database.AutoSavepointsEnabled = own is null;
        tables.Add(InboxNote.Of(message, time.GetUtcNow()));

        try
        {
            await tables.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateException failure) when (failure.InnerException is DbException { IsTransient: false })
        {
            // PostgreSQL answers nothing more in a transaction that met an error.
            if (own is not null)
                await own.RollbackAsync(cancellationToken).ConfigureAwait(false);
            tables.Join(context);

            // Another delivery was first, unless the note is still not there.
            if (!await IsNotedAsync(tables, cancellationToken).ConfigureAwait(false))
                throw;
            return false;
        }
    }

    private async Task<bool> IsStaleAsync(InboxContext tables, CancellationToken cancellationToken)
    {
        var sequences = new InboxSequences(tables, message, time);
        if (!await sequences.TryRaiseAsync(cancellationToken).ConfigureAwait(false))
            return true;

        var last = message.Event.PreviousSequence is null
            ? null
            : await sequences.FindPreviousAsync(cancellationToken).ConfigureAwait(false);
        LastBeforeGap = last == message.Event.PreviousSequence ? null : last;
        return false;
    }

    private Task<bool> IsNotedAsync(InboxContext tables, CancellationToken cancellationToken)
    {
        var (id, consumer) = (message.Event.Id, message.Consumer);
        return tables.Notes.AnyAsync(note => note.EventId == id && note.Consumer == consumer, cancellationToken);
    }
}
