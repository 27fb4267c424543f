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
/// <see cref="AddedTablesConvention"/> along. Every name and type is set explicitly, so that naming and sizing conventions
/// leave them alone.
/// </summary>
internal abstract record AddedTables : IDbContextOptionsExtension
{
    public string? Schema { get; init; }

    /// <summary>The row of the main table: a model that maps it has all of them.</summary>
    public abstract Type Row { get; }

    public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

    /// <summary>All that a context's options ask for.</summary>
    public static IReadOnlyList<AddedTables> Of(IDbContextOptions options) =>
    [
        .. options.Extensions.Select(extension => extension is CaptureExtension capture ? capture.Outbox : extension)
            .OfType<AddedTables>(),
    ];

    public void ApplyServices(IServiceCollection services) =>
        new EntityFrameworkServicesBuilder(services).TryAdd<IConventionSetPlugin, AddedTablesPlugin>();

    public void Validate(IDbContextOptions options) => InternalServices.Require(options);

    /// <summary>Adds the tables, or sets again what a convention may have changed of them.</summary>
    public abstract void AddTo(IMutableModel model);

    /// <summary>Adds a table that has a column for each of <paramref name="type"/>'s properties.</summary>
    protected IMutableEntityType AddTable(IMutableModel model, Type type, string table)
    {
        var row = model.FindEntityType(type) ?? model.AddEntityType(type);
        row.SetTableName(table);
        row.SetSchema(Schema ?? model.GetDefaultSchema());
        if (model.FindAnnotation(AddedTablesConvention.Excluded) is not null)
            row.SetIsTableExcludedFromMigrations(true);

        foreach (var member in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            AddColumn(row, member);

        return row;
    }

    protected static IMutableProperty Property(IMutableEntityType row, string name) => row.FindProperty(name)!;

    protected static IMutableIndex Index(IMutableEntityType row, params IReadOnlyList<IMutableProperty> properties) =>
        row.FindIndex(properties) ?? row.AddIndex(properties);

    private static void AddColumn(IMutableEntityType row, PropertyInfo member)
    {
        var property = row.FindProperty(member) ?? row.AddProperty(member);
        property.SetColumnName(EventNames.SnakeCase(member.Name));
        property.SetColumnType(null);
        property.SetMaxLength(null);

        // Kept as UTC DateTime because SQLite cannot compare a DateTimeOffset.
        property.SetValueConverter(Nullable.GetUnderlyingType(property.ClrType) == typeof(DateTimeOffset)
            || property.ClrType == typeof(DateTimeOffset)
                ? UtcTime.Converter
                : null);
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
