using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelEvents.Models;
using ModelEvents.Outbox;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the PostgreSQL outbox to a captured context.</summary>
public static class PostgreSqlCaptureExtensions
{
    /// <summary>
    /// Keeps the context's events in a table of its PostgreSQL database that is made for PostgreSQL: written by one
    /// statement, shared between processes by advisory locks, woken by LISTEN/NOTIFY. Where the context has another
    /// provider that is not relational (as in tests), or <c>Delivery</c> is <c>Direct</c>, events wait in memory. Another
    /// relational provider is a mistake, told at start-up.
    /// </summary>
    public static CaptureBuilder<TContext> UsePostgreSql<TContext>(this CaptureBuilder<TContext> builder)
        where TContext : DbContext
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IRegistrationCheck, PostgreSqlRegistration<TContext>>());
        builder.Services.ConfigureDbContext<TContext>(options => OutboxModel.Refine(options, Refine));
        builder.Services.RemoveAllKeyed<IOutbox>(typeof(TContext));
        builder.Services.AddKeyedSingleton<IOutbox>(
            typeof(TContext),
            (services, context) => OutboxChoice.Direct<TContext>(services)
                ?? ActivatorUtilities.CreateInstance<PostgreSqlOutbox>(services, context!));
        return builder;
    }

    private static void Refine(IMutableEntityType row)
    {
        var (lane, id) = (row.FindProperty(nameof(OutboxRow.Lane))!, row.FindProperty(nameof(OutboxRow.Id))!);

        // Whatever the model's default is: rows are written without EF Core, so ids must come from the column.
        id.SetValueGenerationStrategy(NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);

        // One index less on every save: rows are found by their lane only.
        row.RemoveIndex([lane, id]);
        row.SetPrimaryKey([lane, id]);
        row.RemoveKey([id]);
    }
}
