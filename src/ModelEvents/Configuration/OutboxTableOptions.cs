namespace ModelEvents;

/// <summary>The outbox tables, which become part of the captured context's EF model and so of its migrations.</summary>
public sealed class OutboxTableOptions
{
    /// <summary>
    /// The name of the table of events, and how that of packs or leases begins. Default: <c>model_events_outbox</c>.
    /// </summary>
    public string Table { get; set; } = "model_events_outbox";

    /// <summary>Their schema. Default: the context's default schema.</summary>
    public string? Schema { get; set; }

    /// <summary>
    /// Whether an outbox made for its database prepares the statements of saves with events, once they came five times, on
    /// connections from a pool of the driver that reach the server itself: behind a pooler of another program, such as
    /// PgBouncer, none is prepared. Where a column's type is changed while the program runs (0A000), or the program discards
    /// statements itself, as by <c>DISCARD ALL</c> (26000), one save fails on each connection in use at most; from then on none into
    /// that database is prepared until the program starts again, which is logged. Default: on. Also with <see cref="DeliveryMode.Wal"/>.
    /// </summary>
    public bool Prepare { get; set; } = true;

    /// <summary>
    /// What to do about saves into a database, or a schema, that no dispatcher of this process has opened and that none of
    /// another has read for 30 seconds, such as that of another tenant. Default: <see cref="UndispatchedDatabases.Warn"/>. Also
    /// with <see cref="DeliveryMode.Wal"/>, and not with <see cref="DeliveryMode.Direct"/>.
    /// </summary>
    public UndispatchedDatabases UndispatchedDatabases { get; set; } = UndispatchedDatabases.Warn;
}
