using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Serialization;

/// <summary>Knows how long registered services live, which a service provider does not tell.</summary>
internal sealed class RegisteredServices(IServiceCollection services)
{
    /// <summary>
    /// The lifetime of <paramref name="service"/>, or <see langword="null"/> if it is not registered.
    /// </summary>
    public ServiceLifetime? LifetimeOf(Type service) =>
        services.LastOrDefault(descriptor => descriptor.ServiceType == service && !descriptor.IsKeyedService)?.Lifetime;
}
