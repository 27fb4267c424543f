using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using ModelEvents.Tables;

namespace ModelEvents.Rules;

/// <summary>
/// Gives the tables of rules what only the finished model tells: the type of their JSON columns, and whether another
/// context's migrations make them.
/// </summary>
internal sealed class RuleTablesConvention(string provider) : IModelFinalizingConvention
{
    private const string PostgreSql = "Npgsql.EntityFrameworkCore.PostgreSQL";

    public void ProcessModelFinalizing(
        IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        var model = modelBuilder.Metadata;
        Complete(model, typeof(TriggerRule), nameof(TriggerRule.Configuration));
        Complete(model, typeof(TriggerEvent), nameof(TriggerEvent.Description));
    }

    private void Complete(IConventionModel model, Type type, string json)
    {
        if (model.FindEntityType(type) is not { } mapped)
            return;

        if (provider == PostgreSql)
            mapped.FindProperty(json)!.Builder.HasColumnType("jsonb");
        if (model.FindAnnotation(AddedTablesConvention.Excluded) is not null)
            mapped.Builder.ExcludeTableFromMigrations(true);
    }
}
