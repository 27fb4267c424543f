using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Outbox;

/// <summary>Carries the outbox table's settings in a context's options and brings <see cref="OutboxConvention"/> along.</summary>
internal sealed record OutboxModelExtension : IDbContextOptionsExtension
{
    /// <summary>The table's name, or <see langword="null"/> while nobody has asked for the table.</summary>
    public string? Table { get; init; }

    public string? Schema { get; init; }

    /// <summary>Whether lanes are leased in a table of their own.</summary>
    public bool LeasesInTable { get; init; } = true;

    /// <summary>What one provider's outbox adds to the table's mapping.</summary>
    public Action<IMutableEntityType>? Refine { get; init; }

    public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services) =>
        new EntityFrameworkServicesBuilder(services).TryAdd<IConventionSetPlugin, OutboxConventionPlugin>();

    public void Validate(IDbContextOptions options)
    {
    }

    /// <summary>Models are cached per internal service provider, so contexts that differ here must not share one.</summary>
    private sealed class ExtensionInfo(OutboxModelExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "";

        public override int GetServiceProviderHashCode() => Extension.GetHashCode();

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) =>
            other is ExtensionInfo && Extension.Equals(other.Extension);

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) =>
            debugInfo["ModelEvents:Outbox"] = extension.Table ?? "";
    }
}
