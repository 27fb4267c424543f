using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>Where this process does not dispatch: tells the processes that do when it committed events.</summary>
internal sealed class WakeForwarder(
    IOutboxReader outbox, IOptions<ModelEventsOptions> options, TimeProvider time, ILogger<OutboxDispatcher> log)
{
    private readonly Outage _outage = new(
        (reason, exception) => Log.OutboxAway(log, exception, outbox.Name, reason),
        () => Log.OutboxBack(log, outbox.Name));

    public async Task RunAsync(CancellationToken stopping)
    {
        var untilTold = OutagePipeline.Create(options.Value.Dispatcher, time);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await untilTold.ExecuteAsync(async token => await outbox.WokenAsync(token).ConfigureAwait(false), stopping)
                    .ConfigureAwait(false);
                await untilTold.ExecuteAsync(NotifyAsync, stopping).ConfigureAwait(false);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // Whatever a driver throws when it is interrupted: the others look on their own after a poll interval.
            Log.Stopped(log, outbox.Name);
        }
    }

    private async ValueTask NotifyAsync(CancellationToken stopping)
    {
        try
        {
            await outbox.NotifyOthersAsync(stopping).ConfigureAwait(false);
            _outage.End();
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            _outage.Begin(OutboxFailure.Reason(exception), exception);
            throw;
        }
    }
}
