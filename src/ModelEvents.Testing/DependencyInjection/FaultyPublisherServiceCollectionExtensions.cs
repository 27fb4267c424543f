using Microsoft.Extensions.Options;
using ModelEvents;
using ModelEvents.Publishing;
using ModelEvents.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes publishing fail in tests.</summary>
public static class FaultyPublisherServiceCollectionExtensions
{
    /// <summary>
    /// Puts a <see cref="FaultyPublisher"/> before the registered publisher. Call it after the publisher's own
    /// registration; without one it confirms everything by itself. A second call adds to the faults.
    /// </summary>
    /// <param name="services">The services of the host under test.</param>
    /// <param name="configure">Sets the faults, such as <c>faults => faults.Duplicate(every: 3)</c>.</param>
    public static IServiceCollection AddFaultyPublisher(
        this IServiceCollection services, Action<PublisherFaults>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var faults = services.Select(FaultsOf).FirstOrDefault(added => added is not null);
        if (faults is null)
            AddBefore(services, services.LastOrDefault(IsPublisher), faults = new PublisherFaults());

        configure?.Invoke(faults);
        return services;
    }

    private static void AddBefore(IServiceCollection services, ServiceDescriptor? publisher, PublisherFaults faults)
    {
        if (publisher is not null)
            services.Remove(publisher);

        services.Add(Keyed(publisher ?? ServiceDescriptor.Singleton<IEventPublisher, ConfirmingPublisher>()));
        services.AddSingleton(faults);
        services.AddSingleton(provider => new FaultyPublisher(
            provider.GetRequiredKeyedService<IEventPublisher>(typeof(FaultyPublisher)),
            faults,
            provider.GetRequiredService<IOptions<ModelEventsOptions>>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton<IEventPublisher>(provider => provider.GetRequiredService<FaultyPublisher>());
    }

    /// <summary>Under a key, the services still make and dispose the publisher as they did.</summary>
    private static ServiceDescriptor Keyed(ServiceDescriptor publisher) => publisher switch
    {
        { ImplementationInstance: { } instance } =>
            new ServiceDescriptor(typeof(IEventPublisher), typeof(FaultyPublisher), instance),
        { ImplementationFactory: { } factory } => new ServiceDescriptor(
            typeof(IEventPublisher), typeof(FaultyPublisher), (provider, _) => factory(provider), publisher.Lifetime),
        _ => new ServiceDescriptor(
            typeof(IEventPublisher), typeof(FaultyPublisher), publisher.ImplementationType!, publisher.Lifetime),
    };

    private static bool IsPublisher(ServiceDescriptor service) =>
        !service.IsKeyedService && service.ServiceType == typeof(IEventPublisher);

    private static PublisherFaults? FaultsOf(ServiceDescriptor service) =>
        service.IsKeyedService ? null : service.ImplementationInstance as PublisherFaults;
}
