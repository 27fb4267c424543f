using System.Collections.Concurrent;

namespace ModelEvents.Tests.Handlers;

internal sealed class Onlooker : IEventStarted, IEventFinished
{
    public ConcurrentQueue<string> Started { get; } = [];

    public ConcurrentQueue<string> Finished { get; } = [];

    public Task EventStartedAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        Started.Enqueue($"{delivery.Handler} {delivery.Attempt}");
        return Task.CompletedTask;
    }

    public Task EventFinishedAsync(EventDelivery delivery, DeliveryResult result, CancellationToken cancellationToken)
    {
        Finished.Enqueue($"{delivery.Handler} {delivery.Attempt} {result.Outcome}");
        return Task.CompletedTask;
    }
}
