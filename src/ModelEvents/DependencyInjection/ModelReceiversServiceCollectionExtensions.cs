using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents;
using ModelEvents.Receivers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers receivers. A class is registered once, however often it is asked for.</summary>
public static class ModelReceiversServiceCollectionExtensions
{
    /// <summary>
    /// Registers <typeparamref name="TReceiver"/> for everything that it implements. It is made by the service provider: with
    /// the lifetime that it is registered with, or else scoped.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="mode">What an exception of it does. Default: it stops the save.</param>
    public static IServiceCollection AddModelReceiver<TReceiver>(
        this IServiceCollection services, SendMode mode = SendMode.Send)
        where TReceiver : class, IModelReceiver
    {
        ArgumentNullException.ThrowIfNull(services);
        return Add(services, typeof(TReceiver), mode);
    }

    /// <summary>
    /// Registers all receivers of <paramref name="assembly"/>, public or not, in the order of their full names. Classes that
    /// are abstract or generic are left out.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="assembly">The assembly.</param>
    /// <param name="mode">What an exception of one does. Default: it stops the save. One that was registered before keeps
    /// its own.</param>
    public static IServiceCollection AddModelReceivers(
        this IServiceCollection services, Assembly assembly, SendMode mode = SendMode.Send)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(assembly);
        foreach (var type in assembly.GetTypes().Where(IsReceiver).OrderBy(type => type.FullName, StringComparer.Ordinal))
            Add(services, type, mode);
        return services;
    }

    private static bool IsReceiver(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && type.IsAssignableTo(typeof(IModelReceiver));

    private static IServiceCollection Add(IServiceCollection services, Type type, SendMode mode)
    {
        if (services.Any(service => !service.IsKeyedService && service.ImplementationInstance is ReceiverType added
            && added.Type == type))
            return services;

        services.AddSingleton(new ReceiverType(type, mode));
        services.TryAddScoped(type);
        return services;
    }
}
