using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Capture.Gigs;

/// <summary>A model that each kind of proxy can derive from, in the mappings where the type of an instance matters.</summary>
public class Gig
{
    public virtual int Id { get; set; }

    public virtual string Title { get; set; } = "";

    public virtual GigState State { get; set; }

    public virtual Venue? Venue { get; set; }

    public virtual int? VenueId { get; set; }

    public virtual Ticket Ticket { get; set; } = new();

    public virtual ICollection<Song> Songs { get; set; } = null!;

    public virtual ICollection<Band> Bands { get; set; } = null!;
}

public class OpenAirGig : Gig
{
    public virtual bool HasRoof { get; set; }
}

public enum GigState
{
    Planned,
    SoldOut,
}

public class Ticket
{
    public virtual decimal Price { get; set; }
}

/// <summary>Owned, in a table of its own.</summary>
public class Song
{
    public virtual string Name { get; set; } = "";
}

public class Venue
{
    public virtual Guid Id { get; set; }

    public virtual string Name { get; set; } = "";
}

public class Band
{
    public virtual int Id { get; set; }

    public virtual string Name { get; set; } = "";

    public virtual ICollection<Gig> Gigs { get; set; } = null!;
}

/// <summary>A body of the user's, which follows a navigation.</summary>
public sealed class BandSerializer : IModelSerializer<Band>
{
    public object Serialize(Band band) => new { band.Name, gigs = band.Gigs.Select(gig => gig.Title).Order().ToArray() };
}

/// <summary>A body that is the instance itself.</summary>
public sealed class VenueSerializer : IModelSerializer<Venue>
{
    public object Serialize(Venue venue) => venue;
}

public sealed class GigContext(DbContextOptions<GigContext> options) : DbContext(options)
{
    public DbSet<Gig> Gigs => Set<Gig>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OpenAirGig>();
        modelBuilder.Entity<Venue>();
        modelBuilder.Entity<Gig>(gig =>
        {
            gig.OwnsOne(g => g.Ticket);
            gig.OwnsMany(g => g.Songs);
            gig.HasMany(g => g.Bands).WithMany(b => b.Gigs);
        });
        modelBuilder.AddTriggerRules();
    }
}
