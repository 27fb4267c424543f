namespace ModelEvents;

/// <summary>Called for each event that is put into an outbox.</summary>
public interface IEventEnqueued : IModelReceiver
{
    /// <summary>
    /// Called inside the save, in its transaction: the event is gone if that rolls back, and told again with the same id if it
    /// is repeated. Must be quick; an exception is logged.
    /// </summary>
    void EventEnqueued(ModelEvent enqueued);
}
