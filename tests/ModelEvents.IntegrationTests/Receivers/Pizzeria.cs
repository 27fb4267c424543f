using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Receivers.Pizzeria;

public interface INamed
{
    string Name { get; }
}

public abstract class Dish : INamed
{
    public int Id { get; set; }
    public string Name { get; set; } = "";
    public decimal Price { get; set; }
}

public sealed class Pizza : Dish
{
    public List<Topping> Toppings { get; } = [];
}

public sealed class Pasta : Dish;

public sealed class Topping : INamed
{
    public int Id { get; set; }
    public string Name { get; set; } = "";
    public List<Pizza> Pizzas { get; } = [];
}

public sealed class Bill
{
    public int Id { get; set; }
    public string Table { get; set; } = "";
    public decimal Total { get; set; }
    public List<BillLine> Lines { get; } = [];
}

public sealed class BillLine
{
    public int Id { get; set; }
    public int BillId { get; set; }
    public Bill? Bill { get; set; }
    public string Text { get; set; } = "";
    public List<LineNote> Notes { get; } = [];
}

public sealed class LineNote
{
    public int Id { get; set; }
    public int LineId { get; set; }
    public string Text { get; set; } = "";
}

public sealed class Guest : INamed
{
    public Guid Id { get; set; }
    public string Name { get; set; } = "";
    public int Visits { get; set; }
    public Address? Address { get; set; }
    public Contact Contact { get; set; } = new();
    public List<Phone> Phones { get; } = [];
    public Taste? Taste { get; set; }
    public List<Stamp> Stamps { get; set; } = [];
    public Mood? Mood { get; set; }
}

public sealed class Address
{
    public string Street { get; set; } = "";
}

public sealed class Phone
{
    public string Number { get; set; } = "";
}

/// <summary>Kept as JSON where there are columns.</summary>
public sealed class Taste
{
    public string Favourite { get; set; } = "";
    public List<Dislike> Dislikes { get; } = [];
}

public sealed class Dislike
{
    public string Name { get; set; } = "";
}

public sealed record Stamp
{
    public string Shop { get; set; } = "";
}

/// <summary>A complex value that may be missing.</summary>
public sealed record Mood
{
    public string Name { get; set; } = "";
    public int? Degree { get; set; }
}

public sealed record Contact
{
    public string? Email { get; set; }
}

/// <summary>What receivers write; not listed.</summary>
public sealed class Note
{
    public int Id { get; set; }
    public string Text { get; set; } = "";
}

public sealed class PizzeriaContext(DbContextOptions<PizzeriaContext> options) : DbContext(options)
{
    public DbSet<Dish> Dishes => Set<Dish>();

    public DbSet<Pizza> Pizzas => Set<Pizza>();

    public DbSet<Topping> Toppings => Set<Topping>();

    public DbSet<Bill> Bills => Set<Bill>();

    public DbSet<BillLine> Lines => Set<BillLine>();

    public DbSet<Guest> Guests => Set<Guest>();

    public DbSet<Note> Notes => Set<Note>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Pizza>().HasMany(p => p.Toppings).WithMany(t => t.Pizzas);
        modelBuilder.Entity<Pasta>();
        modelBuilder.Entity<Bill>().HasMany(b => b.Lines).WithOne(l => l.Bill).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<BillLine>().HasMany(l => l.Notes).WithOne().HasForeignKey(n => n.LineId);
        modelBuilder.Entity<Guest>(guest =>
        {
            guest.OwnsOne(g => g.Address);
            guest.OwnsMany(g => g.Phones);
            guest.OwnsOne(g => g.Taste, taste =>
            {
                taste.OwnsMany(t => t.Dislikes);
                if (Database.IsRelational())
                    taste.ToJson();
            });
            if (Database.IsRelational())
                guest.ComplexCollection(g => g.Stamps, stamps => stamps.ToJson())
                    .ComplexProperty(g => g.Contact, _ => { })
                    .ComplexProperty(g => g.Mood, _ => { });
            else
                guest.Ignore(g => g.Contact).Ignore(g => g.Stamps).Ignore(g => g.Mood);
        });
    }
}
