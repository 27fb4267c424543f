using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ModelEvents.Outbox;

/// <summary>Puts the outbox table into a context's model, where migrations and <c>EnsureCreated</c> find it.</summary>
internal static class OutboxModel
{
    /// <summary>What asks for the tables of a captured context, if it has any.</summary>
    public static OutboxTables? Asked(IServiceProvider provider, Type contextType)
    {
        var options = provider.GetRequiredService<IOptions<ModelEventsOptions>>().Value;
        return options.Delivery == DeliveryMode.Direct
            ? null
            : Asked(options.Outbox, provider.GetKeyedService<PackChoice>(contextType));
    }

    /// <summary>What asks for the tables. It does nothing on a provider that is not relational.</summary>
    public static OutboxTables Asked(OutboxTableOptions table, PackChoice? packs = null) =>
        new(table.Table) { Schema = table.Schema, HasPacks = packs is not null, Refine = packs?.Refine };

    /// <summary>The outbox table in <paramref name="context"/>'s model.</summary>
    public static IEntityType RowOf(DbContext context) => TableOf(context, typeof(OutboxRow));

    /// <summary>The table of packs in <paramref name="context"/>'s model.</summary>
    public static IEntityType PacksOf(DbContext context) => TableOf(context, typeof(PackRow));

    private static IEntityType TableOf(DbContext context, Type row) =>
        context.Model.FindEntityType(row)
        ?? throw new InvalidOperationException(
            $"The model of '{context.GetType().Name}' has no outbox table. Capture the context with " +
            "'Capture<TContext>()' and make it through dependency injection.");
}
