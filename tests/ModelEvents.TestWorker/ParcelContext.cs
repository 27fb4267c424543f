using Microsoft.EntityFrameworkCore;

namespace ModelEvents.TestWorker;

/// <summary>The captured context of the processes that tests start and kill.</summary>
public sealed class ParcelContext(DbContextOptions<ParcelContext> options) : DbContext(options)
{
    /// <summary>The listed model.</summary>
    public DbSet<Parcel> Parcels => Set<Parcel>();
}
