using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>Whom a scope is for.</summary>
internal sealed class Tenant(string home)
{
    public string ConnectionString { get; set; } = home;

    public string? Schema { get; set; }
}

/// <summary>A context with a database, or a schema, for each tenant.</summary>
internal sealed class TenantContext(DbContextOptions<TenantContext> options, Tenant tenant) : DbContext(options)
{
    public string? Schema => tenant.Schema;

    public DbSet<TenantRow> Rows => Set<TenantRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema(Schema);
}

internal sealed class TenantRow
{
    public int Id { get; set; }
}

/// <summary>Lets EF Core make a model for each schema.</summary>
internal sealed class KeyWithSchema : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) =>
        (context.GetType(), (context as TenantContext)?.Schema, designTime);
}
