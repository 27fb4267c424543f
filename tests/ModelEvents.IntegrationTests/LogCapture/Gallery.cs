using System.Globalization;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Models with an enum type of the database's own, owned instances with shadow properties, and unusual keys.</summary>
internal sealed class Gallery(DbContextOptions<Gallery> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Painting>();
        modelBuilder.Entity<Drawing>(drawing =>
        {
            drawing.OwnsOne(d => d.Frame, frame =>
            {
                frame.Property<int>("Width");
                frame.Property<string?>("Maker");
                frame.OwnsOne(f => f.Glass).Property<int>("Thickness");
            });
            drawing.Navigation(d => d.Frame).IsRequired();
        });
        modelBuilder.Entity<Loan>(loan =>
        {
            loan.HasKey(l => new { l.Number, l.Museum, l.Term });
            loan.Property(l => l.Number).HasConversion(number => $"L-{number.Value}", text => Parse(text));
            loan.Property(l => l.Museum).HasConversion<string>();
        });
    }

    private static LoanNumber Parse(string text) => new(int.Parse(text.AsSpan(2), CultureInfo.InvariantCulture));
}

internal enum Style
{
    Modern,
    [PgName("old masters")]
    OldMasters,
    StillLife,
}

internal enum Museum
{
    North,
    FarSouth,
}

internal sealed class Painting
{
    public int Id { get; set; }

    public Style Style { get; set; }

    public Style? Was { get; set; }

    public Style[] Others { get; set; } = [];
}

internal sealed class Drawing
{
    public int Id { get; set; }

    public Frame Frame { get; set; } = new();
}

internal sealed class Frame
{
    public string Wood { get; set; } = "";

    public Glass? Glass { get; set; }
}

internal sealed class Glass
{
    public string Kind { get; set; } = "";
}

internal sealed record LoanNumber(int Value);

internal sealed class Loan
{
    public LoanNumber Number { get; set; } = new(0);

    public Museum Museum { get; set; }

    public Style Term { get; set; }

    public string? Note { get; set; }
}
