using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Bodies;

namespace ModelEvents.Outbox;

/// <summary>
/// An outbox that can let a save's own statement write its event, which saves the transaction and a round trip, and prepare
/// the statements of a save.
/// </summary>
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
    /// <returns>Whether the statement comes so often that it is worth preparing.</returns>
    bool AppendTo(DbContext context, DbCommand command, ModelEvent one, PendingValues? pending);

    /// <summary>Throws where what is about to be written on an open connection would be read by nobody.</summary>
    void Check(DbConnection connection);

    /// <inheritdoc cref="Check"/>
    ValueTask CheckAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the statements of <paramref name="command"/>, about to run, come so often that it is worth preparing. It writes
    /// rows and no event.
    /// </summary>
    bool IsToPrepare(DbCommand command);

    /// <summary>Prepares a command that is about to run, where its connection lets it.</summary>
    void Prepare(DbCommand command);

    /// <inheritdoc cref="Prepare"/>
    Task PrepareAsync(DbCommand command, CancellationToken cancellationToken);

    /// <summary>A save on <paramref name="context"/> has failed, perhaps because its statements were prepared.</summary>
    void Failed(DbContext context, Exception failure);
}
