using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents;
using ModelEvents.Outbox;
using ModelEvents.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Records events in tests.</summary>
public static class ModelEventRecorderServiceCollectionExtensions
{
    /// <summary>
    /// Puts a <see cref="ModelEventRecorder"/> in the place of outbox, dispatcher and broker, for all contexts of this host:
    /// no outbox table is written, no broker is contacted and no publisher is needed. May come before or after
    /// <c>AddModelEvents</c>; the contexts' EF models stay as they are, migrations included.
    /// </summary>
    public static IServiceCollection AddModelEventRecorder(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<Recording>();
        services.TryAddSingleton<IEventRecorder>(provider => provider.GetRequiredService<Recording>());
        services.TryAddSingleton(provider => new ModelEventRecorder(provider.GetRequiredService<Recording>()));
        return services.PostConfigure<ModelEventsOptions>(options => options.Dispatcher.Enabled = false);
    }
}
