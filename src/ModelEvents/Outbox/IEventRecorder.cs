namespace ModelEvents.Outbox;

/// <summary>
/// Takes events in the place of outbox and dispatcher, whatever the <see cref="DeliveryMode"/>, and learns what became of
/// their transactions. Only tests register one.
/// </summary>
internal interface IEventRecorder
{
    /// <summary>The events of a save, whose transaction is still open.</summary>
    void Saved(IReadOnlyList<ModelEvent> events);

    /// <summary>The transaction of saved events was committed.</summary>
    void Committed(IReadOnlyList<ModelEvent> events);

    /// <summary>The transaction of saved events was rolled back, or abandoned.</summary>
    void RolledBack(IReadOnlyList<ModelEvent> events);
}
