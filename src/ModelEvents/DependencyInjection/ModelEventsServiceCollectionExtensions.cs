using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents;
using ModelEvents.Catalog;
using ModelEvents.Configuration;
using ModelEvents.Dispatching;
using ModelEvents.Handlers;
using ModelEvents.Models;
using ModelEvents.Outbox;
using ModelEvents.Receivers;
using ModelEvents.Serialization;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds ModelEvents to a service collection. All of it may be repeated: what is there already stays.</summary>
public static class ModelEventsServiceCollectionExtensions
{
    /// <summary>
    /// Adds ModelEvents as <paramref name="configuration"/> describes it: in its section <c>ModelEvents</c>, or in a
    /// list <c>MODELS_CRUD_EVENT</c>, or in both. The section itself may be given as well.
    /// </summary>
    public static ModelEventsBuilder AddModelEvents(this IServiceCollection services, IConfiguration configuration) =>
        services.AddModelEvents(configuration, configure: null);

    /// <summary>Adds ModelEvents as <paramref name="configure"/> describes it.</summary>
    public static ModelEventsBuilder AddModelEvents(
        this IServiceCollection services, Action<ModelEventsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        return AddCore(services);
    }

    /// <summary>
    /// Adds ModelEvents as <paramref name="configuration"/> describes it and <paramref name="configure"/> completes it.
    /// Where both say something, code wins.
    /// </summary>
    public static ModelEventsBuilder AddModelEvents(
        this IServiceCollection services, IConfiguration configuration, Action<ModelEventsOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        if (!services.Any(service => BindingOf(service)?.IsOf(configuration) == true))
        {
            var binding = new ConfigurationBinding(configuration);
            services.AddSingleton(binding);
            services.AddSingleton<Options.IConfigureOptions<ModelEventsOptions>>(binding);
        }

        return configure is null ? AddCore(services) : services.AddModelEvents(configure);
    }

    private static ConfigurationBinding? BindingOf(ServiceDescriptor service) =>
        service.IsKeyedService ? null : service.ImplementationInstance as ConfigurationBinding;

    private static ModelEventsBuilder AddCore(IServiceCollection services)
    {
        services.AddOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new RegisteredServices(services));
        services.TryAddSingleton<SerializerSource>();
        services.TryAddSingleton(typeof(LifeCycleReceivers<>));
        services.TryAddSingleton<ModelListLoader>();
        services.TryAddSingleton<ReloadRefusal>();
        services.TryAddSingleton(provider => new ModelListProvider(
            provider.GetRequiredService<ModelListLoader>(),
            provider.GetServices<ConfigurationBinding>(),
            provider.GetRequiredService<LifeCycleReceivers<IModelListReloaded>>(),
            provider.GetRequiredService<ReloadRefusal>(),
            provider.GetRequiredService<ILogger<ModelListProvider>>()));
        services.TryAddSingleton<IModelEventCatalog, ModelEventCatalog>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistrationCheck, DeclaredNamesCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistrationCheck, HandlerRegistration>());

        // The first of all hosted services, also of those added before: a mistake must be told before one of them acts.
        if (services.All(service => service.IsKeyedService || service.ImplementationType != typeof(StartupCheck)))
        {
            // Next to it what is the last of all to be told that they have stopped.
            services.AddSingleton<MemoryEnd>();
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, LateEvents>());
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, StartupCheck>());
        }

        services.AddDispatcher();
        return new ModelEventsBuilder(services);
    }
}
