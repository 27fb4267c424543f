using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Faults.Lines;

/// <summary>The captured context of a line.</summary>
internal sealed class ParcelContext(DbContextOptions<ParcelContext> options) : DbContext(options)
{
    public DbSet<Parcel> Parcels => Set<Parcel>();

    public DbSet<Shipment> Shipments => Set<Shipment>();

    public DbSet<Tag> Tags => Set<Tag>();

    /// <summary>A number that no save has had yet, and larger than any that this context has read.</summary>
    public Task<long> NextMarkAsync() =>
        Database.SqlQueryRaw<long>("""SELECT nextval('marks') AS "Value" """).SingleAsync();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Parcel>(parcel =>
        {
            parcel.ToTable("parcels");
            parcel.Property(p => p.Id).HasColumnName("id");
            parcel.Property(p => p.Mark).HasColumnName("mark");
            parcel.Property(p => p.Content).HasColumnName("content");
            parcel.Property(p => p.Weight).HasColumnName("weight").HasPrecision(12, 2);
            parcel.Property(p => p.PackedAt).HasColumnName("packed_at");
            parcel.OwnsMany(p => p.Lines, line =>
            {
                line.ToTable("parcel_lines");
                line.WithOwner().HasForeignKey("parcel_id");
                line.Property(l => l.Number).HasColumnName("number").ValueGeneratedNever();
                line.Property(l => l.Mark).HasColumnName("mark");
                line.HasKey("parcel_id", nameof(ParcelLine.Number));
            });
            parcel.HasMany(p => p.Tags).WithMany(t => t.Parcels).UsingEntity(
                "ParcelTag",
                right => right.HasOne(typeof(Tag)).WithMany().HasForeignKey("tag_id"),
                left => left.HasOne(typeof(Parcel)).WithMany().HasForeignKey("parcel_id"),
                join => join.ToTable("parcel_tags").HasKey("parcel_id", "tag_id"));
        });
        modelBuilder.Entity<Tag>(tag =>
        {
            tag.ToTable("tags");
            tag.Property(t => t.Id).HasColumnName("id").ValueGeneratedNever();
        });
        modelBuilder.Entity<Shipment>(shipment =>
        {
            shipment.ToTable("shipments");
            shipment.Property(s => s.Id).HasColumnName("id");
            shipment.Property(s => s.Mark).HasColumnName("mark").IsConcurrencyToken();
            shipment.Property(s => s.Content).HasColumnName("content");
            shipment.Property(s => s.Status).HasColumnName("status");
        });
    }
}
