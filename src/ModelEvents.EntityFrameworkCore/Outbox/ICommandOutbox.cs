using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Bodies;

namespace ModelEvents.Outbox;

/// <summary>An outbox whose events can be written by a save's own command, which saves round trips.</summary>
internal interface ICommandOutbox : ICommittingOutbox
{
    /// <summary>
    /// Makes the only statement of <paramref name="command"/> write <paramref name="one"/> too, if it writes its row. Needs
    /// no transaction.
    /// </summary>
    /// <param name="context">The context that saves.</param>
    /// <param name="command">Its command, about to run.</param>
    /// <param name="one">The event.</param>
    /// <param name="pending">What the database must put into it.</param>
    void AppendTo(DbContext context, DbCommand command, ModelEvent one, PendingValues? pending);

    /// <summary>
    /// Lets <paramref name="command"/>, all of whose statements are inserts, also write <paramref name="events"/> and commit
    /// the transaction.
    /// </summary>
    void AppendAndCommitTo(DbContext context, DbCommand command, IReadOnlyList<ModelEvent> events);
}
