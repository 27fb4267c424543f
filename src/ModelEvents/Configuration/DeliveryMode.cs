namespace ModelEvents;

/// <summary>How events travel from the commit to the publisher.</summary>
public enum DeliveryMode
{
    /// <summary>
    /// Through a table in the same transaction as the change. Nothing is lost. Relational providers only; a
    /// non-relational provider uses <see cref="Direct"/>.
    /// </summary>
    Outbox,

    /// <summary>From memory, after the commit. Events that were not yet published are lost when the process dies.</summary>
    Direct,

    /// <summary>
    /// Through the write-ahead log of PostgreSQL: written in the same transaction as the change, read back from a
    /// replication slot. Nothing is lost. For contexts with <c>UsePostgreSqlWal</c>, where it is the default.
    /// </summary>
    Wal,
}
