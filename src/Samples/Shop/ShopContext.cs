using Microsoft.EntityFrameworkCore;

namespace Shop;

/// <summary>An ordinary context: but for the tables of rules it knows nothing of events.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<Invoice> Invoices => Set<Invoice>();

    public DbSet<Product> Products => Set<Product>();

    public DbSet<Tag> Tags => Set<Tag>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddTriggerRules();

        // With a cascade in the database, orders would vanish without an event.
        modelBuilder.Entity<Order>()
            .HasOne(order => order.Customer)
            .WithMany()
            .OnDelete(DeleteBehavior.Restrict);
    }
}
