using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents;
using ModelEvents.Handlers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers handlers. A class is registered once, however often it is asked for; under two names it stops the start.</summary>
public static class EventHandlerModelEventsBuilderExtensions
{
    /// <summary>
    /// Registers <typeparamref name="THandler"/>. It is made by the service provider: with the lifetime that it is registered
    /// with, or else scoped, in a scope for each event. All processes that dispatch the events of a context register the same
    /// handlers, and so do those that only save. Where handlers are registered and no publisher is, events are kept for
    /// handlers alone.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="builder">The step that this follows.</param>
    /// <param name="name">
    /// Its name in the configuration and with the events that wait for it, at most 200 characters. Default: the name of the
    /// class, without its namespace; a class that is renamed leaves its events waiting unless it keeps the name.
    /// </param>
    public static ModelEventsBuilder AddEventHandler<THandler>(this ModelEventsBuilder builder, string? name = null)
        where THandler : class, IEventHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        var handler = new HandlerType(typeof(THandler), name ?? typeof(THandler).Name);
        ArgumentException.ThrowIfNullOrWhiteSpace(handler.Name, nameof(name));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(handler.Name.Length, HandlerType.MaxNameLength, nameof(name));

        var services = builder.Services;
        if (!services.Any(service => !service.IsKeyedService
            && service.ImplementationInstance is HandlerType added
            && (name is null ? added.Type == handler.Type : added == handler)))
        {
            services.AddSingleton(handler);
            services.TryAddScoped<THandler>();
        }

        return builder;
    }
}
