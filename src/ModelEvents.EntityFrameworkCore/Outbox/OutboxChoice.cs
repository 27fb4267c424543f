using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ModelEvents.Outbox;

/// <summary>Chooses the outbox of a context that was given none: a table where there are tables, memory elsewhere.</summary>
internal static class OutboxChoice
{
    public static IOutbox Default<TContext>(IServiceProvider provider)
        where TContext : DbContext =>
        Direct<TContext>(provider) ?? ActivatorUtilities.CreateInstance<TableOutbox>(
            provider, typeof(TContext), provider.GetRequiredKeyedService<SavedDatabases>(typeof(TContext)));

    /// <summary>The in-memory outbox where the options, the provider or a recorder ask for it.</summary>
    public static IOutbox? Direct<TContext>(IServiceProvider provider)
        where TContext : DbContext
    {
        var options = provider.GetRequiredService<IOptions<ModelEventsOptions>>().Value;
        var recorder = provider.GetService<IEventRecorder>();
        return recorder is not null || options.Delivery == DeliveryMode.Direct || !IsRelational<TContext>(provider)
            ? new DirectOutbox(Memory(provider, typeof(TContext).Name), recorder)
            : null;
    }

    private static MemoryOutbox Memory(IServiceProvider provider, string name) =>
        ActivatorUtilities.CreateInstance<MemoryOutbox>(
            provider, name, ActivatorUtilities.CreateInstance<MemoryRoom>(provider, name));

    private static bool IsRelational<TContext>(IServiceProvider provider)
        where TContext : DbContext
    {
        using var scope = provider.CreateScope();
        return scope.ServiceProvider.GetRequiredService<TContext>().Database.IsRelational();
    }
}
