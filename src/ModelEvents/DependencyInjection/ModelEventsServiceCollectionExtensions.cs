namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds ModelEvents to a service collection.</summary>
public static class ModelEventsServiceCollectionExtensions
{
    internal static ModelEventsBuilder AddCore(IServiceCollection services)
    {
        services.AddDispatcher();
        return new ModelEventsBuilder(services);
    }
}
