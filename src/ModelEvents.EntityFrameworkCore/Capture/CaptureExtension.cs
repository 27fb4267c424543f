using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;

namespace ModelEvents.Capture;

/// <summary>
/// Gives every captured context instance its <see cref="ContextState"/>, and its model what rules need.
/// </summary>
internal sealed class CaptureExtension : IDbContextOptionsExtension
{
    public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
        services.AddScoped<ContextState>();
        services.AddScoped<IResettableService>(provider => provider.GetRequiredService<ContextState>());
        new EntityFrameworkServicesBuilder(services).TryAdd<IConventionSetPlugin, RuleTablesPlugin>();
    }

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "";

        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) =>
            debugInfo["ModelEvents:Capture"] = "1";
    }
}
