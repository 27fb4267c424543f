using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace ModelEvents.Tables;

/// <summary>
/// Adds the tables of ModelEvents to a model after the user's own <c>OnModelCreating</c>, which therefore never meets them
/// in a loop over all entity types.
/// </summary>
internal sealed class AddedTablesConvention(IReadOnlyList<AddedTables> added) : IModelFinalizingConvention
{
    /// <summary>Marks a model whose tables another context's migrations make.</summary>
    public const string Excluded = "ModelEvents:ExcludeFromMigrations";

    public void ProcessModelFinalizing(
        IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        var model = (IMutableModel)modelBuilder.Metadata;
        foreach (var tables in added)
            tables.AddTo(model);

        model.RemoveAnnotation(Excluded);
    }
}
