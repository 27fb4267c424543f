namespace ModelEvents;

/// <summary>Called for each event that the dispatcher is about to hand to the publisher or to a handler (<see cref="EventDelivery.Handler"/>).</summary>
public interface IEventStarted : IModelReceiver
{
    /// <summary>Called by the dispatcher, which waits for it. An exception is logged.</summary>
    /// <param name="delivery">The attempt that starts.</param>
    /// <param name="cancellationToken">Cancelled when a shutdown waits no longer.</param>
    Task EventStartedAsync(EventDelivery delivery, CancellationToken cancellationToken);
}
