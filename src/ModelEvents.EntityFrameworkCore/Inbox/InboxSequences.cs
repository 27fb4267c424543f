using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Consuming;

namespace ModelEvents.Inbox;

/// <summary>
/// Raises the last handled sequence of a model's key. The row stays locked until the transaction ends, so that events of
/// one key are handled one after the other.
/// </summary>
internal sealed class InboxSequences(InboxContext tables, InboxMessage message, TimeProvider time)
{
    // Each try more takes another delivery that was first by a moment.
    private const int Tries = 3;

    private readonly Guid _id = InboxSequence.IdOf(message);
    private readonly DateTimeOffset? _deletedAt =
        message.Event.Action == ChangeAction.Deleted ? time.GetUtcNow() : null;

    /// <summary>Returns whether the event is later than all that were handled.</summary>
    public async Task<bool> TryRaiseAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            if (await TryUpdateAsync(cancellationToken).ConfigureAwait(false))
                return true;

            var last = await FindAsync(row => row.Sequence, cancellationToken).ConfigureAwait(false);
            if (last >= message.Event.Sequence)
                return false;
            if (last is null && await TryAddAsync(cancellationToken).ConfigureAwait(false))
                return true;
        }

        throw new InvalidOperationException(
            $"The sequence of '{message.Event.Model}' with key '{PlainText.InLog(message.Event.Key)}' changes with every look at it. "
            + "Deliver the event again.");
    }

    /// <summary>The sequence that was handled before this event, once it is raised; null if none is known.</summary>
    public Task<long?> FindPreviousAsync(CancellationToken cancellationToken) =>
        FindAsync(row => row.PreviousSequence, cancellationToken);

    private async Task<bool> TryUpdateAsync(CancellationToken cancellationToken)
    {
        var sequence = message.Event.Sequence;
        var changed = await tables.Sequences
            .Where(row => row.Id == _id && row.Sequence < sequence)
            .ExecuteUpdateAsync(
                row => row
                    .SetProperty(one => one.PreviousSequence, one => one.Sequence)
                    .SetProperty(one => one.Sequence, sequence)
                    .SetProperty(one => one.DeletedAt, _deletedAt),
                cancellationToken)
            .ConfigureAwait(false);
        return changed == 1;
    }

    private async Task<bool> TryAddAsync(CancellationToken cancellationToken)
    {
        tables.Database.AutoSavepointsEnabled = true;
        tables.Add(InboxSequence.Of(message, _deletedAt));

        try
        {
            await tables.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateException failure) when (failure.InnerException is DbException { IsTransient: false })
        {
            // Another delivery was first, unless the row is still not there.
            if (await FindAsync(row => row.Sequence, cancellationToken).ConfigureAwait(false) is null)
                throw;

            tables.ChangeTracker.Clear();
            return false;
        }
    }

    private Task<long?> FindAsync(Expression<Func<InboxSequence, long?>> value, CancellationToken cancellationToken) =>
        tables.Sequences.Where(row => row.Id == _id).Select(value).FirstOrDefaultAsync(cancellationToken);
}
