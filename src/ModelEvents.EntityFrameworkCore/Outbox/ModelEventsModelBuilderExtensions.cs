using ModelEvents.Tables;

namespace Microsoft.EntityFrameworkCore;

/// <summary>What a model can say about the tables that ModelEvents adds to it.</summary>
public static class ModelEventsModelBuilderExtensions
{
    /// <summary>
    /// Leaves the tables of ModelEvents out of this context's migrations. For all but one of several captured contexts that
    /// share a database: their events wait in the same table, which only one context's migrations can create.
    /// </summary>
    public static ModelBuilder ExcludeModelEventsFromMigrations(this ModelBuilder modelBuilder) =>
        modelBuilder.HasAnnotation(AddedTablesConvention.Excluded, true);
}
