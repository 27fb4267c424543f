using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Outbox;

/// <summary>Chooses the outbox of a context that was given none.</summary>
internal static class OutboxChoice
{
    public static IOutbox Default<TContext>(IServiceProvider provider)
        where TContext : DbContext =>
        throw new InvalidOperationException($"'{typeof(TContext).Name}' has no outbox ({provider}). Add '.UsePostgreSql()'.");
}
