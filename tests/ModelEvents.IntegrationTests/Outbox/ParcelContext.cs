using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Outbox;

/// <summary>A user's context.</summary>
internal sealed class ParcelContext(DbContextOptions<ParcelContext> options) : DbContext(options)
{
    public static IReadOnlyList<Type> SeenWhileBuilding { get; private set; } = [];

    public DbSet<Parcel> Parcels => Set<Parcel>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<string>().HaveMaxLength(40);

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        SeenWhileBuilding = [.. modelBuilder.Model.GetEntityTypes().Select(type => type.ClrType)];
}

internal sealed class Parcel
{
    public int Id { get; set; }

    public string Label { get; set; } = "";
}
