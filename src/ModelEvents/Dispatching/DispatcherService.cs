using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;
using ModelEvents.Publishing;

namespace ModelEvents.Dispatching;

/// <summary>
/// Runs one dispatcher for each outbox while the host runs. Starting does not wait for the database or the broker. Next
/// stop: <see cref="OutboxDispatcher"/>.
/// </summary>
internal sealed class DispatcherService(
    IEnumerable<IOutboxReader> outboxes,
    IServiceProvider services,
    OutboxGauges gauges,
    IOptions<ModelEventsOptions> options,
    TimeProvider time) : BackgroundService
{
    private readonly IOutboxReader[] _outboxes = [.. outboxes];
    private readonly DispatcherOptions _options = options.Value.Dispatcher;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        gauges.Observe(_outboxes);
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Stops dispatching; events in memory are delivered first, even if dispatching had not yet begun.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        using var givingUp = new CancellationTokenSource(_options.DrainTimeout, time);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (!_options.Enabled || ExecuteTask is { IsCompleted: false })
            return;

        await Task.WhenAll(_outboxes.Where(outbox => !outbox.IsDurable)
            .Select(outbox => Create<OutboxDispatcher>(outbox).DrainAsync(givingUp.Token))).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var givingUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var drain = stoppingToken.Register(() => givingUp.CancelAfter(_options.DrainTimeout));

        var looking = Task.Run(() => LookAsync(stoppingToken), CancellationToken.None);
        await Task.WhenAll(_outboxes.Select(outbox => Task.Run(() => RunAsync(outbox), CancellationToken.None)))
            .ConfigureAwait(false);
        await looking.ConfigureAwait(false);

        Task RunAsync(IOutboxReader outbox) => _options.Enabled
            ? Create<OutboxDispatcher>(outbox).RunAsync(stoppingToken, givingUp.Token)
            : Create<WakeForwarder>(outbox).RunAsync(stoppingToken);
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        if (_options.Enabled && _outboxes.Length > 0 && services.GetService<IEventPublisher>() is IExchangeLook publisher)
            await ActivatorUtilities.CreateInstance<FirstLook>(services, publisher).RunAsync(stopping).ConfigureAwait(false);
    }

    private T Create<T>(IOutboxReader outbox) => ActivatorUtilities.CreateInstance<T>(services, outbox);
}
