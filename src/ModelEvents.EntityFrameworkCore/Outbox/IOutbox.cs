using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Outbox;

/// <summary>Where events wait, in the captured context's own database, until the broker confirmed them.</summary>
public interface IOutbox : IOutboxReader
{
    /// <summary>
    /// Writes <paramref name="events"/>, in order, on the connection and in the transaction that
    /// <paramref name="context"/> has now, in one round trip. Called inside a save.
    /// </summary>
    void Append(DbContext context, IReadOnlyList<ModelEvent> events);

    /// <inheritdoc cref="Append"/>
    Task AppendAsync(DbContext context, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken);
}
