using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Capture.Store;

public enum OrderStatus
{
    New,
    InTransit,
    Delivered,
}

public sealed class Order
{
    public long Id { get; set; }
    public string Number { get; set; } = "";
    public decimal Total { get; set; }
    public OrderStatus Status { get; set; }
    public Guid? CustomerId { get; set; }
    public Customer? Customer { get; set; }
    public List<OrderLine> Lines { get; } = [];
    public uint Version { get; set; }
}

/// <summary>Listed with a serializer that follows navigations.</summary>
public sealed class OrderLine
{
    public int Id { get; set; }
    public long OrderId { get; set; }
    public Order? Order { get; set; }
    public string Article { get; set; } = "";
}

public sealed class Customer
{
    public Guid Id { get; set; }
    public string Name { get; set; } = "";
    public Address? Address { get; set; }
    public List<Phone> Phones { get; } = [];
    public Contact Contact { get; set; } = new();
}

public sealed class Address
{
    public string Street { get; set; } = "";
    public Country? Country { get; set; }
}

public sealed class Country
{
    public string Code { get; set; } = "";
}

public sealed class Phone
{
    public string Number { get; set; } = "";
}

public sealed record Contact
{
    public string? Email { get; set; }
    public int Rating { get; set; }
}

public sealed class Product
{
    public int Id { get; set; }
    public string Name { get; set; } = "";
    public List<Tag> Tags { get; } = [];
}

public sealed class Tag
{
    public int Id { get; set; }
    public string Word { get; set; } = "";
}

public class Vehicle
{
    public int Id { get; set; }
    public string Plate { get; set; } = "";
}

public sealed class Truck : Vehicle
{
    public int Axles { get; set; }
}

public sealed class Car : Vehicle
{
    public int Seats { get; set; }
}

public class Animal
{
    public int Id { get; set; }
    public string Name { get; set; } = "";
}

public sealed class Dog : Animal
{
    public string Breed { get; set; } = "";
}

public abstract class Shape
{
    public int Id { get; set; }
}

public sealed class Circle : Shape
{
    public double Radius { get; set; }
}

public sealed class Invoice
{
    public string Series { get; set; } = "";
    public int Number { get; set; }
    public DateOnly Issued { get; set; }
    public byte[] Seal { get; set; } = [];
    public string? InternalNote { get; set; }
}

public sealed class Setting
{
    public string Key { get; set; } = "";
    public string Value { get; set; } = "";
}

public readonly record struct BoxId(int Value);

public sealed class Box
{
    public BoxId Id { get; set; }
    public OrderStatus Status { get; set; }
    public string Label { get; set; } = "";
    public bool IsDeleted { get; set; }
}

public sealed class Unlisted
{
    public int Id { get; set; }
    public string Text { get; set; } = "";
}

public class StoreContext(DbContextOptions<StoreContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<OrderLine> Lines => Set<OrderLine>();

    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<Product> Products => Set<Product>();

    public DbSet<Tag> Tags => Set<Tag>();

    public DbSet<Vehicle> Vehicles => Set<Vehicle>();

    public DbSet<Invoice> Invoices => Set<Invoice>();

    public DbSet<Setting> Settings => Set<Setting>();

    public DbSet<Box> Boxes => Set<Box>();

    public DbSet<Unlisted> Unlisted => Set<Unlisted>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.Property(o => o.Status).HasConversion<string>();
            order.HasMany(o => o.Lines).WithOne(l => l.Order).OnDelete(DeleteBehavior.Cascade);
            if (Database.IsNpgsql())
                order.Property(o => o.Version).IsRowVersion();
            else
                order.Ignore(o => o.Version);
        });
        modelBuilder.Entity<Customer>(customer =>
        {
            customer.OwnsOne(c => c.Address, address => address.OwnsOne(a => a.Country));
            customer.OwnsMany(c => c.Phones);
            customer.ComplexProperty(c => c.Contact);
            customer.Property<string?>("Note");
        });
        modelBuilder.Entity<Product>().HasMany(p => p.Tags).WithMany();
        modelBuilder.Entity<Truck>();
        modelBuilder.Entity<Car>();
        modelBuilder.Entity<Animal>().UseTptMappingStrategy();
        modelBuilder.Entity<Dog>();
        modelBuilder.Entity<Shape>().UseTpcMappingStrategy();
        modelBuilder.Entity<Circle>();
        modelBuilder.Entity<Invoice>().HasKey(i => new { i.Series, i.Number });
        modelBuilder.Entity<Setting>().HasKey(s => s.Key);
        modelBuilder.Entity<Box>(box =>
        {
            box.Property(b => b.Id).HasConversion(id => id.Value, value => new BoxId(value)).ValueGeneratedNever();
        });
    }
}

/// <summary>Follows navigations in both directions and reads generated keys.</summary>
public sealed class OrderLineSerializer : IModelSerializer<OrderLine>
{
    public const string Poison = "throw";

    public object Serialize(OrderLine model) => model.Article == Poison
        ? throw new FormatException("cannot be written")
        : new
        {
            model.Id,
            model.OrderId,
            model.Article,
            OrderKey = model.Order?.Id,
            LineIds = model.Order?.Lines.Select(line => line.Id).ToArray(),
        };
}
