using ModelEvents.Capture;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the services of ModelEvents to those of EF Core.</summary>
public static class ModelEventsEntityFrameworkServiceCollectionExtensions
{
    /// <summary>
    /// Adds what a captured context, or one with an inbox, needs of the services that <c>UseInternalServiceProvider</c> is
    /// given; before or after those of the database provider. Not needed where EF Core makes its services itself.
    /// </summary>
    public static IServiceCollection AddEntityFrameworkModelEvents(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        InternalServices.AddTo(services);
        return services;
    }
}
