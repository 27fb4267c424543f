using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents.Handlers;
using ModelEvents.Publishing;
using ModelEvents.Receivers;

namespace ModelEvents.Models;

/// <summary>
/// Stops the start of a misconfigured program, with all mistakes at once, before anything is dispatched.
/// </summary>
internal sealed class StartupCheck : IHostedService
{
    private readonly ModelListProvider _models;
    private readonly LifeCycleReceivers<IModelRegistered> _receivers;

    /// <summary>
    /// Checks here and not in <see cref="StartAsync"/>: a host makes all its hosted services before it starts the first,
    /// and a publisher's, made from the same options, would fail on a single mistake.
    /// </summary>
    public StartupCheck(
        ModelListProvider models,
        IOptions<ModelEventsOptions> options,
        IServiceProviderIsService services,
        ServedTargets served,
        IEnumerable<PublisherRegistration> publishers,
        LifeCycleReceivers<IModelRegistered> receivers)
    {
        (_models, _receivers) = (models, receivers);
        models.Resolve(
            [.. served.Broker ? NoPublisher(options.Value, services) : [], .. PublisherRegistration.MistakesIn(publishers)]);
    }

    /// <summary>Tells receivers of the models that were found.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _receivers.CallAsync(
        _models.Current.Models, (receiver, model) => receiver.ModelRegisteredAsync(model, cancellationToken));

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static IReadOnlyCollection<string> NoPublisher(
        ModelEventsOptions options, IServiceProviderIsService services) =>
        options.Dispatcher.Enabled && !services.IsService(typeof(IEventPublisher))
            ? [
                "No publisher is registered: events could not leave this process. Add '.PublishWithMassTransit()' to "
                + "'AddModelEvents', or switch 'Dispatcher:Enabled' off where another process publishes.",
            ]
            : [];
}
