using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Tables;

/// <summary>
/// Tables that ModelEvents adds to a user's model: carries their settings in the context's options and brings
/// <see cref="AddedTablesConvention"/> along. Every name and size is set explicitly, so that naming and sizing conventions
/// leave them alone.
/// </summary>
internal abstract record AddedTables : IDbContextOptionsExtension
{
    public string? Schema { get; init; }

    public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

    /// <summary>All that a context's options ask for.</summary>
    public static IReadOnlyList<AddedTables> Of(IDbContextOptions options) =>
    [
        .. options.Extensions.Select(extension => extension is CaptureExtension capture ? capture.Outbox : extension)
            .OfType<AddedTables>(),
    ];

    public void ApplyServices(IServiceCollection services) =>
        new EntityFrameworkServicesBuilder(services).TryAdd<IConventionSetPlugin, AddedTablesPlugin>();

    public void Validate(IDbContextOptions options)
    {
    }

    /// <summary>Adds the tables, on a relational provider.</summary>
    public abstract void AddTo(IMutableModel model);

    /// <summary>Adds a table that has a column for each of <paramref name="type"/>'s properties.</summary>
    protected IMutableEntityType AddTable(IMutableModel model, Type type, string table)
    {
        var row = model.AddEntityType(type);
        row.SetTableName(table);
        row.SetSchema(Schema ?? model.GetDefaultSchema());
        row.SetIsTableExcludedFromMigrations(model.FindAnnotation(AddedTablesConvention.Excluded) is not null);

        foreach (var member in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            AddColumn(row, member);

        return row;
    }

    protected static IMutableProperty Property(IMutableEntityType row, string name) => row.FindProperty(name)!;

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

    /// <summary>Models are cached per internal service provider, so contexts that differ here must not share one.</summary>
    private sealed class ExtensionInfo(AddedTables extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "";

        public override int GetServiceProviderHashCode() => Extension.GetHashCode();

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) =>
            other is ExtensionInfo && Extension.Equals(other.Extension);

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) =>
            debugInfo[$"ModelEvents:{extension.GetType().Name}"] = extension.ToString();
    }
}
