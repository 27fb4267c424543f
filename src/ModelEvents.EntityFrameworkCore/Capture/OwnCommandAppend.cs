using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Outbox;

namespace ModelEvents.Capture;

/// <summary>
/// Lets a save's own command write its events, where the outbox can and <see cref="OwnCommand"/> finds it fit.
/// </summary>
internal sealed class OwnCommandAppend(Lazy<IOutbox> outbox, EventFactory events)
{
    /// <summary>Whether the save that begins will need no transaction, as far as can be told.</summary>
    public bool MayBeStatement(DbContext context, SaveScope save) =>
        !events.AreSeen && outbox.Value is ICommandOutbox && OwnCommand.IsOneStatement(context, save.Models);

    /// <summary>
    /// Appends to <paramref name="command"/>, which EF Core has just made, where it is the whole save; others have a
    /// transaction and append at its commit.
    /// </summary>
    public void Append(DbContext context, SaveScope save, DbCommand command)
    {
        if (command.Transaction is not null)
            return;
        if (save.MayRaise || outbox.Value is not ICommandOutbox own || !AppendToStatement(own, context, save, command))
            throw NoTransaction(context, save);

        save.IsStatement = true;
    }

    /// <inheritdoc cref="ICommandOutbox.Failed"/>
    public void Failed(DbContext context, Exception failure) => (outbox.Value as ICommandOutbox)?.Failed(context, failure);

    private bool AppendToStatement(ICommandOutbox own, DbContext context, SaveScope save, DbCommand command)
    {
        if (!OwnCommand.IsOneStatement(context, save.Models) || save.Changes is not [var change])
            return false;

        var pending = OwnCommand.PendingOf(change);
        var created = events.Address(events.Create(context, save.Changes, pending), areComplete: pending is null);
        if (created is [var one] && own.AppendTo(context, command, one, pending))
            save.ToPrepare = command.CommandText;
        return true;
    }

    /// <summary>Makes sure that the save's event will be read, and prepares its command, about to run, if that is worth it.</summary>
    public void Prepare(SaveScope? save, DbCommand command)
    {
        if (save is { IsStatement: true })
            ((ICommandOutbox)outbox.Value).Check(command.Connection!);
        if (IsToPrepare(save, command))
            ((ICommandOutbox)outbox.Value).Prepare(command);
    }

    /// <inheritdoc cref="Prepare"/>
    public async Task PrepareAsync(SaveScope? save, DbCommand command, CancellationToken cancellationToken)
    {
        if (save is { IsStatement: true })
            await ((ICommandOutbox)outbox.Value).CheckAsync(command.Connection!, cancellationToken).ConfigureAwait(false);
        if (IsToPrepare(save, command))
            await ((ICommandOutbox)outbox.Value).PrepareAsync(command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Another interceptor may have put something into a statement that does not come again.</summary>
    private bool IsToPrepare(SaveScope? save, DbCommand command) => save switch
    {
        null or { HasChanges: false } => false,
        { IsStatement: true } => ReferenceEquals(save.ToPrepare, command.CommandText),
        _ => outbox.Value is ICommandOutbox own && own.IsToPrepare(command),
    };

    private static InvalidOperationException NoTransaction(DbContext context, SaveScope save) => new(
        $"A listed model ('{save.Changes![0].Model.Listed.Name}') was changed after ModelEvents had looked at the save of "
        + $"'{context.GetType().Name}', which therefore has no transaction. Do not replace EF Core's 'IBatchExecutor', or "
        + "set 'Database.AutoTransactionBehavior' to 'Always'.");
}
