namespace ModelEvents;

/// <summary>
/// Called for each event that the dispatcher has handed to the publisher or to a handler
/// (<see cref="EventDelivery.Handler"/>), once it is known what became of it.
/// </summary>
public interface IEventFinished : IModelReceiver
{
    /// <summary>
    /// Called by the dispatcher, which waits for it. An exception is logged. A process that dies in between calls it for another
    /// attempt, in the process that makes that.
    /// </summary>
    /// <param name="delivery">The attempt that started.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="cancellationToken">Cancelled when a shutdown waits no longer.</param>
    Task EventFinishedAsync(EventDelivery delivery, DeliveryResult result, CancellationToken cancellationToken);
}
