using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Models;

namespace ModelEvents.Outbox;

/// <summary>Checks that a context whose events go to the PostgreSQL outbox is on PostgreSQL.</summary>
internal sealed class PostgreSqlRegistration<TContext>(
    IServiceScopeFactory scopes, IOptions<ModelEventsOptions> options, IEventRecorder? recorder = null) : IRegistrationCheck
    where TContext : DbContext
{
    public IEnumerable<string> FindMistakes()
    {
        using var scope = scopes.CreateScope();
        if (recorder is null
            && options.Value.Delivery != DeliveryMode.Direct
            && scope.ServiceProvider.GetService<TContext>()?.Database is { } database
            && database.IsRelational()
            && !database.IsNpgsql())
        {
            yield return $"The context '{typeof(TContext).Name}' uses the provider '{database.ProviderName}', where "
                + "'UsePostgreSql' needs Npgsql's. Leave '.UsePostgreSql()' out: the outbox is then a table for any "
                + "relational provider.";
        }
    }
}
