using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Outbox;

/// <summary>Puts the outbox table into a context's model, where migrations and <c>EnsureCreated</c> find it.</summary>
internal static class OutboxModel
{
    /// <summary>Asks for the table. Does nothing on a provider that is not relational.</summary>
    public static void AddTo(DbContextOptionsBuilder options, OutboxTableOptions table) =>
        Change(options, settings => settings with { Table = table.Table, Schema = table.Schema });

    /// <summary>
    /// Asks for a table of packs instead of one of leased lanes, for an outbox that has its provider's own means, and which
    /// may refine the tables.
    /// </summary>
    public static void UsePacks(DbContextOptionsBuilder options, Action<IMutableModel> refine) =>
        Change(options, settings => settings with { HasPacks = true, Refine = refine });

    /// <summary>The outbox table in <paramref name="context"/>'s model.</summary>
    public static IEntityType RowOf(DbContext context) => TableOf(context, typeof(OutboxRow));

    /// <summary>The table of packs in <paramref name="context"/>'s model.</summary>
    public static IEntityType PacksOf(DbContext context) => TableOf(context, typeof(PackRow));

    private static IEntityType TableOf(DbContext context, Type row) =>
        context.Model.FindEntityType(row)
        ?? throw new InvalidOperationException(
            $"The model of '{context.GetType().Name}' has no outbox table. Capture the context with " +
            "'Capture<TContext>()' and make it through dependency injection.");

    private static void Change(
        DbContextOptionsBuilder options, Func<OutboxTables, OutboxTables> change)
    {
        var settings = options.Options.FindExtension<OutboxTables>() ?? new OutboxTables();
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(change(settings));
    }
}
