using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Outbox;

namespace ModelEvents.Dispatching;

/// <summary>
/// Delivers what is in memory once every hosted service has stopped: some save while they stop, whatever order they stop in. What
/// cannot be delivered is told.
/// </summary>
internal sealed class LateEvents(
    IEnumerable<IOutboxReader> outboxes,
    IServiceProvider services,
    IOptions<ModelEventsOptions> options,
    TimeProvider time,
    MemoryEnd end,
    ILogger<OutboxDispatcher> log) : IHostedLifecycleService
{
    // Where the dispatcher has used all of its time up, the last events have a chance nevertheless.
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(1);

    private readonly DispatcherOptions _options = options.Value.Dispatcher;
    private long _stopping;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = time.GetTimestamp();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var left = _options.DrainTimeout - time.GetElapsedTime(_stopping);
        using var late = new CancellationTokenSource(left > LastTry ? left : LastTry, time);
        using var givingUp = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var inMemory = outboxes.Where(outbox => !outbox.IsDurable).ToList();
        try
        {
            await Task.WhenAll(inMemory.Select(outbox => DeliverAsync(outbox, givingUp.Token))).ConfigureAwait(false);
        }
        finally
        {
            // What comes later, also from hosted services that stop at the same time, is told where it comes.
            end.Reach();
        }

        foreach (var outbox in inMemory)
            await TellLeftAsync(outbox).ConfigureAwait(false);
    }

    private async Task DeliverAsync(IOutboxReader outbox, CancellationToken givingUp)
    {
        var status = await outbox.GetStatusAsync(CancellationToken.None).ConfigureAwait(false);
        if (status.Waiting > 0 && _options.Enabled)
        {
            await ActivatorUtilities.CreateInstance<OutboxDispatcher>(services, outbox).DrainAsync(givingUp)
                .ConfigureAwait(false);
        }
    }

    private async Task TellLeftAsync(IOutboxReader outbox)
    {
        var status = await outbox.GetStatusAsync(CancellationToken.None).ConfigureAwait(false);
        if (status.Waiting + status.Parked > 0)
            Log.LeftInMemory(log, outbox.Name, status.Waiting, status.Parked);
    }
}
