using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Capture.Shapes;

internal sealed class Ticket
{
    public int Id { get; set; }

    public string Title { get; set; } = "";

    public int Status { get; set; }
}

internal sealed class Letter
{
    public int Id { get; set; }

    public string Title { get; set; } = "";

    public string? Status { get; set; }
}

internal sealed class Meter
{
    public int Id { get; set; }

    public int Level { get; set; }

    public string? Status { get; set; }
}

internal abstract class Thing
{
    public long Id { get; set; }

    public string Title { get; set; } = "";
}

internal sealed class Odd : Thing;

internal sealed class Other : Thing;

internal sealed class Parcel
{
    public Guid Id { get; set; }

    public string Title { get; set; } = "";

    public int Length { get; set; }

    public string Shout { get; set; } = "";

    public DateTime Made { get; set; }
}

internal sealed class Tag
{
    public int Id { get; set; }

    public string Title { get; set; } = "";
}

internal sealed class Guarded
{
    public int Id { get; set; }

    public string Title { get; set; } = "";
}

internal sealed class ShapesContext(DbContextOptions<ShapesContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Ticket>().ToTable("Tickets").Property(t => t.Status).HasDefaultValueSql("7");
        modelBuilder.Entity<Letter>().Property(l => l.Status).HasDefaultValue("sealed");
        modelBuilder.Entity<Meter>().Property(m => m.Status)
            .HasComputedColumnSql("CASE WHEN \"Level\" < 10 THEN 'low' ELSE 'high' END", stored: true);
        modelBuilder.Entity<Thing>().UseTpcMappingStrategy();
        modelBuilder.Entity<Other>().ToTable("others", table => table.Property(o => o.Id).HasColumnName("other_id"));
        modelBuilder.Entity<Odd>().ToTable(
            "odd \"table\"", "odd \"schema\"", table => table.Property(o => o.Id).HasColumnName("odd \"id\""));
        modelBuilder.Entity<Parcel>(parcel =>
        {
            parcel.Property(p => p.Id).HasDefaultValueSql("gen_random_uuid()");
            parcel.Property(p => p.Length).HasComputedColumnSql("length(\"Title\")", stored: true);
            parcel.Property(p => p.Shout).HasComputedColumnSql("upper(\"Title\")", stored: true);
            parcel.Property(p => p.Made).HasDefaultValueSql("now()");
        });
        modelBuilder.Entity<Tag>().ToTable("Tags").Property(t => t.Id).ValueGeneratedNever();
        modelBuilder.Entity<Guarded>().ToTable("Guarded").Property(t => t.Id).ValueGeneratedNever();
    }
}
