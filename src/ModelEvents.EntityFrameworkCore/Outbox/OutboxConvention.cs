using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using ModelEvents.Models;

namespace ModelEvents.Outbox;

/// <summary>
/// Adds the outbox table to a model after the user's own <c>OnModelCreating</c>, which therefore never meets it in a loop
/// over all entity types. Every name and size is set explicitly, so that naming and sizing conventions leave it alone.
/// </summary>
internal sealed class OutboxConvention(OutboxModelExtension settings) : IModelFinalizingConvention
{
    /// <summary>Marks a model whose tables another context's migrations make.</summary>
    public const string Excluded = "ModelEvents:ExcludeFromMigrations";

    public void ProcessModelFinalizing(
        IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        var model = (IMutableModel)modelBuilder.Metadata;
        AddOutbox(model);

        if (settings.LeasesInTable)
            AddLeases(model);

        model.RemoveAnnotation(Excluded);
    }

    private void AddOutbox(IMutableModel model)
    {
        var row = AddTable(model, typeof(OutboxRow), settings.Table!);
        Property(row, nameof(OutboxRow.Id)).ValueGenerated = ValueGenerated.OnAdd;

        row.SetPrimaryKey(Property(row, nameof(OutboxRow.Id)));
        row.AddIndex([Property(row, nameof(OutboxRow.Lane)), Property(row, nameof(OutboxRow.Id))]);
        row.AddIndex(Property(row, nameof(OutboxRow.Attempts))).SetFilter("attempts > 0");
        settings.Refine?.Invoke(row);
    }

    private void AddLeases(IMutableModel model)
    {
        var lease = AddTable(model, typeof(LaneLease), settings.Table + "_leases");
        Property(lease, nameof(LaneLease.Slot)).ValueGenerated = ValueGenerated.Never;
        lease.SetPrimaryKey(Property(lease, nameof(LaneLease.Slot)));
    }

    private IMutableEntityType AddTable(IMutableModel model, Type type, string table)
    {
        var row = model.AddEntityType(type);
        row.SetTableName(table);
        row.SetSchema(settings.Schema ?? model.GetDefaultSchema());
        row.SetIsTableExcludedFromMigrations(model.FindAnnotation(Excluded) is not null);

        foreach (var member in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            AddColumn(row, member);

        return row;
    }

    private static void AddColumn(IMutableEntityType row, PropertyInfo member)
    {
        var property = row.FindProperty(member) ?? row.AddProperty(member);
        property.SetColumnName(EventNames.SnakeCase(member.Name));

        if (member.PropertyType == typeof(string) || member.PropertyType == typeof(byte[]))
            property.SetMaxLength(-1);

        // Kept as UTC DateTime because SQLite cannot compare a DateTimeOffset.
        if (property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?))
            property.SetValueConverter(UtcTime.Converter);
    }

    private static IMutableProperty Property(IMutableEntityType row, string name) => row.FindProperty(name)!;
}
