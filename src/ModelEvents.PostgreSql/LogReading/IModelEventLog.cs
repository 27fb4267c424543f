namespace ModelEvents;

/// <summary>What capture from PostgreSQL's log needs in the database, for every context with <c>UsePostgreSqlWal</c>.</summary>
public interface IModelEventLog
{
    /// <summary>
    /// Makes, for each of the contexts, what is missing or not as it should be: the publication with the tables of the
    /// models that are captured from the log (others are taken out of it), <c>REPLICA IDENTITY FULL</c> of those tables and
    /// their partitions unless <c>Wal:WholeRows</c> is off, the replication slot, and a table beside the outbox's that
    /// keeps its position. To be called after migrations, by a
    /// role that owns the tables; safe to repeat, and from several processes at a time. Waits for transactions that write
    /// to a table while it is added.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A table does not exist, the role may not do what it must, or the server is not set up for it. Nothing of the tables
    /// has changed then.
    /// </exception>
    Task SetUpAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Says that somebody has seen to the losses that were reported (<c>OutboxStatus.PossibleLoss</c>), so that the health
    /// check tells of them no more.
    /// </summary>
    Task AcknowledgeLossAsync(CancellationToken cancellationToken = default);
}
