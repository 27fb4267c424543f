using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Receivers;
using ModelEvents.Rules;

namespace ModelEvents.Capture;

/// <summary>
/// Gives every captured context instance its <see cref="ContextState"/>, and its model what rules need; knows who receives
/// what it does.
/// </summary>
internal sealed class CaptureExtension(ContextReceivers receivers) : IDbContextOptionsExtension
{
    public ContextReceivers Receivers => receivers;

    public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
        services.AddScoped<ContextState>();
        services.AddScoped<IResettableService>(provider => provider.GetRequiredService<ContextState>());
        new EntityFrameworkServicesBuilder(services).TryAdd<IConventionSetPlugin, RuleTablesPlugin>();
        if (receivers.Migrations.Any)
            ProviderServices.Replace(services);
    }

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(CaptureExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "";

        private bool HasMigrations => ((CaptureExtension)Extension).Receivers.Migrations.Any;

        public override int GetServiceProviderHashCode() => HasMigrations.GetHashCode();

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) =>
            other is ExtensionInfo info && info.HasMigrations == HasMigrations;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) =>
            debugInfo["ModelEvents:Capture"] = HasMigrations ? "2" : "1";
    }
}
