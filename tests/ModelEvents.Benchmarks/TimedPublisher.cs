using System.Diagnostics;
using ModelEvents.Publishing;

namespace ModelEvents.Benchmarks;

/// <summary>A publisher that notes when it is called first.</summary>
internal sealed class TimedPublisher(IEventPublisher publisher) : IEventPublisher, IDisposable
{
    private long _started;

    /// <summary>The timestamp of the first call.</summary>
    public long Started => Volatile.Read(ref _started);

    public Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        if (Started == 0)
            Interlocked.CompareExchange(ref _started, Stopwatch.GetTimestamp(), 0);
        return publisher.PublishAsync(events, cancellationToken);
    }

    public void Dispose() => (publisher as IDisposable)?.Dispose();
}
