using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ModelEvents.Models;
using ModelEvents.Rules;
using ModelEvents.Tables;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Maps rules and their events.</summary>
public static class TriggerRulesModelBuilderExtensions
{
    /// <summary>
    /// Maps <see cref="TriggerRule"/> and <see cref="TriggerEvent"/> to the tables <c>trigger_rules</c> and
    /// <c>trigger_events</c>, with JSON as <c>jsonb</c> on PostgreSQL. For a captured context; rules are then in force for
    /// its saves. Migrations and <c>EnsureCreated</c> carry the tables.
    /// </summary>
    /// <param name="modelBuilder">The builder, in <c>OnModelCreating</c>.</param>
    /// <param name="schema">The tables' schema. Default: the context's.</param>
    public static ModelBuilder AddTriggerRules(this ModelBuilder modelBuilder, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<TriggerRule>(rule =>
        {
            rule.ToTable("trigger_rules", schema);
            rule.Property(r => r.Id).ValueGeneratedNever();
            rule.Property(r => r.Type).HasMaxLength(TriggerRule.MaxTypeLength);
            rule.Property(r => r.Name).HasMaxLength(TriggerRule.MaxNameLength);
            rule.Property(r => r.Configuration).HasAnnotation(AddedTablesConvention.Json, true);
            rule.Property(r => r.Version).IsConcurrencyToken();
            rule.HasIndex(r => r.Name);
            Complete(rule);
        });
        modelBuilder.Entity<TriggerEvent>(one =>
        {
            one.ToTable("trigger_events", schema);
            one.Property(e => e.Id).ValueGeneratedNever();
            one.Property(e => e.Type).HasMaxLength(TriggerRule.MaxTypeLength);
            one.Property(e => e.Description).HasAnnotation(AddedTablesConvention.Json, true);
            one.Property(e => e.Acknowledged).IsConcurrencyToken();
            one.HasOne(e => e.Rule).WithMany().HasForeignKey(e => e.RuleId).OnDelete(DeleteBehavior.Restrict);
            one.HasIndex(e => e.Occurred);
            Complete(one);
        });
        return modelBuilder;
    }

    private static void Complete<T>(EntityTypeBuilder<T> type)
        where T : class
    {
        if (type.Metadata.Model.FindAnnotation(AddedTablesConvention.Excluded) is not null)
            type.Metadata.SetIsTableExcludedFromMigrations(true);

        foreach (var property in type.Metadata.GetProperties())
        {
            property.SetColumnName(EventNames.SnakeCase(property.Name));
            if (property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?))
                property.SetValueConverter(UtcTime.Converter);
        }
    }
}
