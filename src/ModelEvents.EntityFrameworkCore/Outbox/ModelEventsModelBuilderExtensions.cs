using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Inbox;
using ModelEvents.Outbox;
using ModelEvents.Rules;
using ModelEvents.Tables;

namespace Microsoft.EntityFrameworkCore;

/// <summary>What a model can say about the tables that ModelEvents adds to it.</summary>
public static class ModelEventsModelBuilderExtensions
{
    private static readonly Type[] Rows =
    [
        typeof(OutboxRow), typeof(PackRow), typeof(LaneLease), typeof(InboxNote), typeof(InboxSequence),
        typeof(TriggerRule), typeof(TriggerEvent),
    ];

    /// <summary>
    /// Leaves the tables of ModelEvents out of this context's migrations. For all but one of several captured contexts that
    /// share a database: their events wait in the same table, which only one context's migrations can create.
    /// </summary>
    public static ModelBuilder ExcludeModelEventsFromMigrations(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.HasAnnotation(AddedTablesConvention.Excluded, true);
        foreach (var row in Rows.Select(modelBuilder.Model.FindEntityType).OfType<IMutableEntityType>())
            row.SetIsTableExcludedFromMigrations(true);
        return modelBuilder;
    }

    /// <summary>
    /// Adds the tables of the outbox for any relational provider. Only for a model that is built apart from its captured
    /// context and given to it by <c>UseModel</c>: any other has them already.
    /// </summary>
    /// <param name="modelBuilder">The builder.</param>
    /// <param name="table">The table of events, as in <see cref="ModelEvents.OutboxTableOptions.Table"/>.</param>
    /// <param name="schema">The schema. Default: the model's.</param>
    public static ModelBuilder AddModelEventsOutbox(
        this ModelBuilder modelBuilder, string table = OutboxTables.DefaultTable, string? schema = null) =>
        Add(modelBuilder, new OutboxTables(table) { Schema = schema });

    /// <summary>Adds the tables of the inbox, as <see cref="AddModelEventsOutbox"/> does those of the outbox.</summary>
    /// <param name="modelBuilder">The builder.</param>
    /// <param name="table">The table of handled events, as in <see cref="ModelEvents.InboxOptions.Table"/>.</param>
    /// <param name="schema">The schema. Default: the model's.</param>
    public static ModelBuilder AddModelEventsInbox(
        this ModelBuilder modelBuilder, string table = InboxTables.DefaultTable, string? schema = null) =>
        Add(modelBuilder, new InboxTables(table) { Schema = schema });

    internal static ModelBuilder Add(ModelBuilder modelBuilder, AddedTables tables)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        tables.AddTo(modelBuilder.Model);
        return modelBuilder;
    }
}
