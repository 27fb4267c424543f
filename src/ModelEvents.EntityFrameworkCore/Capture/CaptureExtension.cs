using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Receivers;
using ModelEvents.Tables;

namespace ModelEvents.Capture;

/// <summary>
/// What the options of a captured context type have of ours, made once for all its instances. Gives each of them its
/// <see cref="ContextState"/>, and its model the outbox and what rules need; knows who receives what it does.
/// </summary>
internal sealed class CaptureExtension : IDbContextOptionsExtension
{
    public CaptureExtension(
        ContextReceivers receivers, OutboxTables? outbox, params ReadOnlySpan<IInterceptor> interceptors)
    {
        Receivers = receivers;
        Outbox = outbox;
        Interceptors = [.. interceptors, .. receivers.Interceptors];
        Info = new ExtensionInfo(this);
    }

    public ContextReceivers Receivers { get; }

    /// <summary>The outbox in the context's model; <see langword="null"/> where events wait in memory.</summary>
    public OutboxTables? Outbox { get; }

    public IReadOnlyList<IInterceptor> Interceptors { get; }

    public DbContextOptionsExtensionInfo Info { get; }

    public void ApplyServices(IServiceCollection services)
    {
        services.AddScoped<ContextState>();
        services.AddScoped<IResettableService>(provider => provider.GetRequiredService<ContextState>());
        new EntityFrameworkServicesBuilder(services).TryAdd<IConventionSetPlugin, AddedTablesPlugin>();
        ProviderServices.Replace(services, Receivers.Migrations.Any);
    }

    public void Validate(IDbContextOptions options) => InternalServices.Require(options);

    private sealed class ExtensionInfo(CaptureExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        private readonly (bool HasMigrations, OutboxTables? Outbox) _key =
            (extension.Receivers.Migrations.Any, extension.Outbox);

        // EF Core asks for it whenever a context is made.
        private readonly int _hash = HashCode.Combine(extension.Receivers.Migrations.Any, extension.Outbox);

        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "";

        public override int GetServiceProviderHashCode() => _hash;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) =>
            ReferenceEquals(other, this) || (other is ExtensionInfo info && info._key == _key);

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
        {
            debugInfo["ModelEvents:Capture"] = _key.HasMigrations ? "2" : "1";
            _key.Outbox?.Info.PopulateDebugInfo(debugInfo);
        }
    }
}
