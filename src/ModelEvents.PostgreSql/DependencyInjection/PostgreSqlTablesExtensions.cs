using ModelEvents;
using ModelEvents.Outbox;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the tables of the PostgreSQL outbox where the captured context does not do it.</summary>
public static class PostgreSqlTablesExtensions
{
    /// <summary>
    /// Adds the tables that <c>UsePostgreSql</c> and <c>UsePostgreSqlWal</c> need to the context's model, and captures
    /// nothing. For a context that the tools make apart from the service, by an <c>IDesignTimeDbContextFactory</c>: its
    /// migrations would drop them.
    /// </summary>
    /// <param name="options">The options of the context.</param>
    /// <param name="table">The table of events, as in <see cref="OutboxTableOptions.Table"/>.</param>
    /// <param name="schema">The schema. Default: the model's.</param>
    public static TBuilder UseModelEventsPostgreSqlOutbox<TBuilder>(
        this TBuilder options, string table = OutboxTables.DefaultTable, string? schema = null)
        where TBuilder : DbContextOptionsBuilder =>
        ModelEventsDbContextOptionsExtensions.Use(options, PackTables.Of(table, schema));

    /// <summary>
    /// Adds the tables that <c>UsePostgreSql</c> and <c>UsePostgreSqlWal</c> need. Only for a model that is built apart from
    /// its captured context and given to it by <c>UseModel</c>: any other has them already.
    /// </summary>
    /// <param name="modelBuilder">The builder.</param>
    /// <param name="table">The table of events, as in <see cref="OutboxTableOptions.Table"/>.</param>
    /// <param name="schema">The schema. Default: the model's.</param>
    public static ModelBuilder AddModelEventsPostgreSqlOutbox(
        this ModelBuilder modelBuilder, string table = OutboxTables.DefaultTable, string? schema = null) =>
        ModelEventsModelBuilderExtensions.Add(modelBuilder, PackTables.Of(table, schema));
}
