using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace ModelEvents.Tables;

/// <summary>
/// Adds the tables of ModelEvents to a model after the user's own <c>OnModelCreating</c>, which therefore never meets them
/// in a loop over all entity types. It is the first of the finalizing conventions, so that those that complete a model
/// (constructors, annotations) complete the rows too, and once more the last, so that none has changed them.
/// </summary>
internal sealed class AddedTablesConvention(
    ConventionSet conventions, IReadOnlyList<AddedTables> added, bool hasJsonb, bool isCaptured)
    : IModelInitializedConvention, IModelFinalizingConvention
{
    /// <summary>Marks a model whose tables another context's migrations make.</summary>
    public const string Excluded = "ModelEvents:ExcludeFromMigrations";

    /// <summary>Marks a property that is JSON text.</summary>
    public const string Json = "ModelEvents:Json";

    private const string Begun = "ModelEvents:Begun";

    /// <summary>Takes both places only now: conventions of the user's own come after those of plugins.</summary>
    public void ProcessModelInitialized(
        IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        var finalizing = conventions.ModelFinalizingConventions;

        // EF Core makes several models of one set.
        if (finalizing.Contains(this))
            return;

        finalizing.Insert(0, this);
        finalizing.Add(this);
    }

    public void ProcessModelFinalizing(
        IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        var model = (IMutableModel)modelBuilder.Metadata;
        if (EfCoreModels.IsOne(model))
            return;

        if (model.RemoveAnnotation(Begun)?.Value is IReadOnlyList<AddedTables> begun)
            Complete(model, begun);
        else
            Begin(model);
    }

    private void Begin(IMutableModel model)
    {
        // The tables that the model's own code has added are as it says.
        List<AddedTables> missing = [.. added.Where(tables => model.FindEntityType(tables.Row) is null)];
        var before = model.GetEntityTypes().ToHashSet();
        foreach (var tables in missing)
            tables.AddTo(model);
        foreach (var row in model.GetEntityTypes().Where(type => !before.Contains(type)))
            Guard(row);

        foreach (var property in model.GetEntityTypes().SelectMany(type => type.GetDeclaredProperties()))
            SetJson(property);
        if (isCaptured)
            RecordOriginalValues(model);
        model.SetAnnotation(Begun, missing);
    }

    /// <summary>Proxies that tell of changes let EF Core forget the values before, which an event tells.</summary>
    private static void RecordOriginalValues(IMutableModel model)
    {
        foreach (var type in model.GetEntityTypes()
            .Where(type => type.GetChangeTrackingStrategy() is ChangeTrackingStrategy.ChangingAndChangedNotifications))
        {
            type.SetChangeTrackingStrategy(ChangeTrackingStrategy.ChangingAndChangedNotificationsWithOriginalValues);
        }
    }

    private static void Complete(IMutableModel model, IReadOnlyList<AddedTables> begun)
    {
        foreach (var tables in begun)
            tables.AddTo(model);
        model.RemoveAnnotation(Excluded);
    }

    /// <summary>Keeps conventions that limit all texts from these; completing takes it back, which migrations would show.</summary>
    private static void Guard(IMutableEntityType row)
    {
        foreach (var property in row.GetDeclaredProperties())
        {
            if (property.GetMaxLength() is null && (property.ClrType == typeof(string) || property.ClrType == typeof(byte[])))
                property.SetMaxLength(-1);
        }
    }

    private void SetJson(IMutableProperty property)
    {
        if (property.RemoveAnnotation(Json) is not null && hasJsonb)
            ((IConventionProperty)property).Builder.HasColumnType("jsonb");
    }
}
