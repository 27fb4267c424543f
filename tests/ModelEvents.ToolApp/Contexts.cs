using Microsoft.EntityFrameworkCore;

namespace ModelEvents.ToolApp;

/// <summary>On PostgreSQL, in a schema, with the tables of the inbox and of rules too.</summary>
public sealed class DepotContext(DbContextOptions<DepotContext> options) : DbContext(options)
{
    public DbSet<Parcel> Parcels => Set<Parcel>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.HasDefaultSchema("depot").AddTriggerRules();
}

/// <summary>On PostgreSQL; the tools make it by a factory.</summary>
public sealed class VanContext(DbContextOptions<VanContext> options) : DbContext(options)
{
    public DbSet<Parcel> Parcels => Set<Parcel>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTriggerRules();
}

/// <summary>On SQLite, with the portable outbox.</summary>
public sealed class BoxContext(DbContextOptions<BoxContext> options) : DbContext(options)
{
    public DbSet<Parcel> Parcels => Set<Parcel>();
}
