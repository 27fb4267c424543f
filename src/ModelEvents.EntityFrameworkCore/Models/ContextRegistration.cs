using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Outbox;

namespace ModelEvents.Models;

/// <summary>Checks that a captured context is registered, and has an outbox for the delivery that is asked for.</summary>
internal sealed class ContextRegistration<TContext>(
    IServiceProviderIsKeyedService services, IOptions<ModelEventsOptions> options) : IRegistrationCheck
    where TContext : DbContext
{
    public IEnumerable<string> FindMistakes()
    {
        var name = typeof(TContext).Name;
        if (!services.IsService(typeof(TContext)))
            yield return $"The context '{name}' is captured but not registered. Add 'services.AddDbContext<{name}>(...)'.";

        if (options.Value.Delivery == DeliveryMode.Wal && !services.IsKeyedService(typeof(WalChoice), typeof(TContext)))
            yield return $"'ModelEvents:Delivery' is 'Wal', but the context '{name}' has no outbox that can do that. "
                + $"Add '.UsePostgreSqlWal()' to 'Capture<{name}>()', or set 'Delivery' to 'Outbox'.";
    }
}
