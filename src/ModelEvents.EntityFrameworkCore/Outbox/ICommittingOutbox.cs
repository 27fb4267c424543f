using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Outbox;

/// <summary>An outbox that can send a save's events and the end of its transaction together, which saves a round trip.</summary>
internal interface ICommittingOutbox : IOutbox
{
    /// <summary>Writes <paramref name="events"/> as <see cref="IOutbox.Append"/> does and commits the transaction.</summary>
    void AppendAndCommit(DbContext context, IReadOnlyList<ModelEvent> events);

    /// <inheritdoc cref="AppendAndCommit"/>
    Task AppendAndCommitAsync(DbContext context, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken);
}
