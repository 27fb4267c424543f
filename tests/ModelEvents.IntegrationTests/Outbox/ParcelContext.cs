using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Outbox;

/// <summary>A user's context.</summary>
internal sealed class ParcelContext(DbContextOptions<ParcelContext> options) : DbContext(options)
{
    public DbSet<Parcel> Parcels => Set<Parcel>();
}

internal sealed class Parcel
{
    public int Id { get; set; }

    public string Label { get; set; } = "";
}
