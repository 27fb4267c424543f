using System.Diagnostics.CodeAnalysis;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Outbox;
using ModelEvents.Receivers;

namespace ModelEvents.Capture;

/// <summary>
/// Learns how the transactions of a context end: wakes the dispatcher after a commit, and lets go of
/// <see cref="DeliveryMode.Direct"/> events that were rolled back.
/// </summary>
internal sealed class CommitWatch(Lazy<IOutbox> outbox)
{
    /// <summary>A transaction begins: whatever an earlier one left without commit or rollback is void.</summary>
    public static void Started(DbContext? context)
    {
        if (context is null)
            return;

        var state = StateOf(context);
        state.EndTransaction();
        // What an earlier attempt of the save had.
        if (state.Save is { OwnsTransaction: true } save)
            (save.Transaction, save.HasBegunTransaction) = (null, true);
    }

    public static void StartedElsewhere(DbContext? context)
    {
        if (context is null)
            return;

        var state = StateOf(context);
        state.EndTransaction();
        state.UsesForeignTransaction = true;
    }

    public static void RolledBack(DbContext? context)
    {
        if (context is null)
            return;

        var state = StateOf(context);
        state.EndTransaction();
        for (var save = state.Save; save is not null; save = save.Outer)
        {
            if (save is { OwnsTransaction: false, Changes: not null, IsInCurrentTransaction: true })
                save.Settle();
        }
    }

    public static void SavepointCreated(DbContext? context)
    {
        if (IsUsers(context, out var state))
            state.Uncommitted.SavepointCreated();
    }

    public static void RolledBackToSavepoint(DbContext? context)
    {
        if (IsUsers(context, out var state))
            state.Uncommitted.RolledBackToSavepoint();
    }

    public static void Failed(DbContext? context)
    {
        if (context is not null)
            StateOf(context).HasFailedCommand = true;
    }

    /// <summary>
    /// A transaction is about to be committed. PostgreSQL answers that with a rollback where a statement has failed in it, and
    /// Npgsql does not report it.
    /// </summary>
    public void Committing(DbContext? context)
    {
        if (IsDoubtful(context, out var state))
            state.IsAborted = !TransactionCheck.IsUsable(context);
    }

    /// <inheritdoc cref="Committing"/>
    public Task CommittingAsync(DbContext? context)
    {
        return IsDoubtful(context, out var state) ? AskAsync(context, state) : Task.CompletedTask;

        static async Task AskAsync(DbContext context, ContextState state) =>
            state.IsAborted = !await TransactionCheck.IsUsableAsync(context).ConfigureAwait(false);
    }

    public void Committed(DbContext? context)
    {
        if (context is null)
            return;

        var state = StateOf(context);
        if (state.Save is { OwnsTransaction: true, IsStatement: false }
            or { AwaitsEvents: true, IsInCurrentTransaction: true })
            state.Save.Settle();
        if (state is { HasUncommittedEvents: true, IsAborted: false })
            Publish(state.Uncommitted);
        state.EndTransaction();
    }

    /// <summary>
    /// Events are about to be appended. What is left of another transaction is void now: not each one's start is told, nor
    /// that one was disposed of or has lost its connection.
    /// </summary>
    public static void Appending(DbContext context)
    {
        var state = StateOf(context);
        var transaction = UserTransaction.Current(UserTransaction.ManagerOf(context));
        if (state.HasUncommittedEvents && !Equals(state.Transaction, transaction))
            state.EndTransaction();
        (state.HasUncommittedEvents, state.Transaction) = (true, transaction);
    }

    /// <summary>Events were appended after the save, in the user's transaction or in none.</summary>
    public void Appended(DbContext context, bool isRelational)
    {
        var state = StateOf(context);
        if (UserTransaction.Ambient(context) is { } ambient)
            Watch(state, ambient);
        else if (!isRelational || context.Database.CurrentTransaction is null)
            Committed(context);
        else if (state.UsesForeignTransaction)
            outbox.Value.Wake();
    }

    /// <summary>The context may be disposed before its ambient transaction ends: the events outlive its state.</summary>
    private void Watch(ContextState state, Transaction ambient)
    {
        var events = state.Uncommitted;
        if (!events.Watch(ambient))
            return;

        ambient.TransactionCompleted += (_, completed) =>
        {
            if (completed.Transaction?.TransactionInformation.Status == TransactionStatus.Committed)
                Publish(events);
            else
                events.RolledBack();
        };
    }

    private void Publish(UncommittedEvents events)
    {
        if (outbox.Value is DirectOutbox direct)
            direct.Publish(events.Take());
        else
            outbox.Value.Wake();
    }

    /// <summary>Whether events wait in memory for a commit that may be none. Those in a table are rolled back with it.</summary>
    private bool IsDoubtful([NotNullWhen(true)] DbContext? context, [NotNullWhen(true)] out ContextState? state)
    {
        state = context is null ? null : StateOf(context);
        return state is { HasFailedCommand: true } && outbox.Value is DirectOutbox && !UserTransaction.IsLost(context!);
    }

    /// <summary>
    /// Whether a savepoint is the user's. EF Core's own one, around a save in the user's transaction, needs no mark: a save
    /// that fails has added nothing yet.
    /// </summary>
    private static bool IsUsers(DbContext? context, [NotNullWhen(true)] out ContextState? state)
    {
        state = context is null ? null : StateOf(context);
        return state is { Save: null or { OwnsTransaction: true } };
    }

    private static ContextState StateOf(DbContext context) => context.GetService<ContextState>();
}
