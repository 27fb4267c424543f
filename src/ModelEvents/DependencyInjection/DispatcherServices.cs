using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents.Configuration;
using ModelEvents.Diagnostics;
using ModelEvents.Dispatching;
using ModelEvents.Handlers;
using ModelEvents.Publishing;
using ModelEvents.Receivers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the dispatcher and its metrics.</summary>
internal static class DispatcherServices
{
    /// <summary>
    /// Adds the dispatcher, or moves it to the end of the hosted services. A publisher with a hosted service of its own
    /// calls this after adding that one: hosted services stop last to first, and the dispatcher's last events need it.
    /// </summary>
    public static IServiceCollection AddDispatcher(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddExchangeWatch();
        services.TryAddSingleton<DispatcherMetrics>();
        services.TryAddSingleton<OutboxGauges>();
        services.TryAddSingleton<OutcomeSettlement>();
        services.TryAddSingleton<PublishTurns>();
        services.TryAddSingleton(typeof(LifeCycleReceivers<>));
        services.TryAddSingleton<DeliveryReceivers>();
        services.TryAddSingleton<ConfigurationSources>();
        services.TryAddSingleton<HandlerSwitches>();
        services.TryAddSingleton<ServedTargets>();
        services.TryAddSingleton<EventRouter>();

        // By a factory, so that ValidateOnBuild does not ask for a publisher: a process that does not dispatch needs none,
        // and for one that does StartupCheck says what is missing.
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<BatchPublisher>(provider));
        services.TryAddSingleton<BrokerReach>();
        services.TryAddSingleton<PublisherCircuit>();
        services.TryAddSingleton<DispatchTargets>();
        services.TryAddSingleton<DispatchContext>();

        foreach (var added in services.Where(IsDispatcher).ToArray())
            services.Remove(added);
        services.AddHostedService<DispatcherService>();
        return services;
    }

    /// <summary>Adds a publisher that <paramref name="call"/> asks for, with what it tells of its exchanges.</summary>
    public static void AddPublisher(
        this IServiceCollection services, string call, Func<IServiceProvider, IEventPublisher> publisher)
    {
        PublisherRegistration.Note(services, call);
        services.AddExchangeWatch();
        services.TryAddSingleton(publisher);
    }

    private static void AddExchangeWatch(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HealthConditions>();
        services.TryAddSingleton<ExchangeWatch>();
    }

    private static bool IsDispatcher(ServiceDescriptor service) =>
        !service.IsKeyedService && service.ImplementationType == typeof(DispatcherService);
}
