namespace ModelEvents.Outbox;

/// <summary>Events that leave together: a committed transaction in the log, or a row of the table.</summary>
internal class EventGroup
{
    /// <summary>Events that are neither confirmed by the broker nor set aside.</summary>
    public int Left { get; set; }
}
