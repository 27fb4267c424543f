using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents;
using ModelEvents.Outbox;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds delivery from the write-ahead log of PostgreSQL to a captured context.</summary>
public static class PostgreSqlWalCaptureExtensions
{
    /// <summary>
    /// Writes the context's events into the write-ahead log of its PostgreSQL database, inside the save's transaction, and
    /// reads them back from a replication slot: no row is written for an event, and nothing polls. Needs
    /// <c>wal_level = logical</c> and a role that may replicate. Makes <see cref="DeliveryMode.Wal"/> the default of
    /// <c>Delivery</c>; with <c>Outbox</c> this is <c>UsePostgreSql</c>. That one's table is there in any case: events that
    /// are refused are set aside in it.
    /// </summary>
    public static CaptureBuilder<TContext> UsePostgreSqlWal<TContext>(this CaptureBuilder<TContext> builder)
        where TContext : DbContext
    {
        builder.UsePostgreSql();
        var services = builder.Services;

        // Before all others, so that a configuration that says something else wins.
        if (!services.Any(service => service.ImplementationType == typeof(WalByDefault)))
            services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<ModelEventsOptions>, WalByDefault>());

        services.TryAddKeyedSingleton<WalChoice>(typeof(TContext), new WalChoice(typeof(TContext)));
        services.TryAddSingleton<IModelEventLog, ModelEventLog>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WalSetup<TContext>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WalLeftover<TContext>>());
        services.RemoveAllKeyed<IOutbox>(typeof(TContext));
        services.AddKeyedSingleton(typeof(TContext), (provider, context) => OutboxOf<TContext>(provider, (Type)context!));
        return builder;
    }

    private static IOutbox OutboxOf<TContext>(IServiceProvider provider, Type context)
        where TContext : DbContext
    {
        if (OutboxChoice.Direct<TContext>(provider) is { } direct)
            return direct;

        var databases = provider.GetRequiredKeyedService<SavedDatabases>(context);
        return provider.GetRequiredService<IOptions<ModelEventsOptions>>().Value.Delivery == DeliveryMode.Wal
            ? ActivatorUtilities.CreateInstance<WalOutbox>(provider, context, databases)
            : ActivatorUtilities.CreateInstance<PostgreSqlOutbox>(provider, context, databases);
    }
}
