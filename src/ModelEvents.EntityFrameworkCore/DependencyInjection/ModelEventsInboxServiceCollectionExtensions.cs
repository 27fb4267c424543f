using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents;
using ModelEvents.Consuming;
using ModelEvents.Inbox;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the inbox of a consumer. Nothing else of ModelEvents is needed for it.</summary>
public static class ModelEventsInboxServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IInbox"/> in the database of <typeparamref name="TContext"/>, as a keyed scoped service whose key
    /// is the context's type. It works in the scope's own context, whose saves are therefore in its transaction. The
    /// context is registered as always, before or after, with <c>AddDbContext</c>, <c>AddDbContextPool</c> or
    /// <c>AddDbContextFactory</c>. May be repeated: later options add to the earlier ones.
    /// </summary>
    public static IServiceCollection AddModelEventsInbox<TContext>(
        this IServiceCollection services, Action<InboxOptions>? configure = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(services);
        var name = typeof(TContext).FullName!;
        var options = services.AddOptions<InboxOptions>(name).ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);

        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<InboxReport>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<InboxOptions>, InboxOptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, InboxCleanup<TContext>>());
        services.TryAddKeyedScoped<IInbox, TableInbox<TContext>>(typeof(TContext));
        return services.ConfigureDbContext<TContext>((provider, builder) => InboxTables.AddTo(
            builder, provider.GetRequiredService<IOptionsMonitor<InboxOptions>>().Get(name)));
    }
}
