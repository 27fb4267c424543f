using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents.Models;
using ModelEvents.Outbox;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the PostgreSQL outbox to a captured context.</summary>
public static class PostgreSqlCaptureExtensions
{
    /// <summary>
    /// Keeps the context's events in tables of its PostgreSQL database that are made for PostgreSQL: a save's events are
    /// packed into few rows and written by one statement, one process reads them while others stand by (an advisory lock
    /// says which), and LISTEN/NOTIFY wakes it. Where the context has another
    /// provider that is not relational (as in tests), or <c>Delivery</c> is <c>Direct</c>, events wait in memory. Another
    /// relational provider is a mistake, told at start-up.
    /// </summary>
    public static CaptureBuilder<TContext> UsePostgreSql<TContext>(this CaptureBuilder<TContext> builder)
        where TContext : DbContext
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IRegistrationCheck, PostgreSqlRegistration<TContext>>());
        builder.Services.TryAddKeyedSingleton<PackChoice>(typeof(TContext), new PackChoice(PackTables.Refine));
        builder.Services.RemoveAllKeyed<IOutbox>(typeof(TContext));
        builder.Services.AddKeyedSingleton<IOutbox>(
            typeof(TContext),
            (services, context) => OutboxChoice.Direct<TContext>(services)
                ?? ActivatorUtilities.CreateInstance<PostgreSqlOutbox>(
                    services, context!, services.GetRequiredKeyedService<SavedDatabases>(context)));
        return builder;
    }
}
