using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents.Publishing;

namespace ModelEvents.Models;

/// <summary>Stops the start of a misconfigured program, with all mistakes at once, before anything is dispatched.</summary>
internal sealed class StartupCheck(
    ModelListProvider models, IOptions<ModelEventsOptions> options, IServiceProviderIsService services)
    : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        models.Resolve(PublisherMistakes());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private List<string> PublisherMistakes() =>
        options.Value.Dispatcher.Enabled && !services.IsService(typeof(IEventPublisher))
            ? [
                "No publisher is registered: events could not leave this process. Add '.PublishWithMassTransit()' to "
                + "'AddModelEvents', or switch 'Dispatcher:Enabled' off where another process publishes.",
            ]
            : [];
}
