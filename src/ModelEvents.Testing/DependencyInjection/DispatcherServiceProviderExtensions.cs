using ModelEvents.Capture;
using ModelEvents.Models;
using ModelEvents.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Switches the events of a host off, wherever in it a save runs: in requests, which do not run in the flow of the test
/// that sends them, and in background services. Other hosts are not touched.
/// </summary>
public static class DispatcherServiceProviderExtensions
{
    /// <summary>
    /// No listed model of this host makes events, and no own event is triggered, until the returned scope is disposed.
    /// </summary>
    /// <param name="services">The host's services, such as <c>factory.Services</c>.</param>
    /// <exception cref="InvalidOperationException"><c>AddModelEvents</c> was not called on these services.</exception>
    public static IDisposable DisableDispatcher(this IServiceProvider services) => Open(services, DisabledModels.All);

    /// <summary>As <see cref="Dispatcher.Disable{TModel}()"/>, in this host.</summary>
    /// <inheritdoc cref="DisableDispatcher(IServiceProvider)"/>
    public static IDisposable DisableDispatcher<TModel>(this IServiceProvider services)
        where TModel : class => services.DisableDispatcher(typeof(TModel));

    /// <summary>As <see cref="Dispatcher.Disable(Type[])"/>, in this host.</summary>
    /// <inheritdoc cref="DisableDispatcher(IServiceProvider)"/>
    public static IDisposable DisableDispatcher(this IServiceProvider services, params Type[] models) =>
        Open(services, DisabledModels.Of(models));

    private static DispatcherScope Open(IServiceProvider services, IChangeFilter models)
    {
        ArgumentNullException.ThrowIfNull(services);
        var lists = services.GetService<ModelListProvider>() ?? throw new InvalidOperationException(
            "These services have no ModelEvents. Call 'AddModelEvents' on them, or pass those of the host that saves.");
        var scope = new DispatcherScope(models);
        DispatcherScopes.Installed.EnterHost(lists, scope);
        return scope;
    }
}
