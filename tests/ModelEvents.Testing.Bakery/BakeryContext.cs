using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Testing.Bakery;

/// <summary>What a bakery makes.</summary>
public sealed class BakeryContext(DbContextOptions<BakeryContext> options) : DbContext(options)
{
    /// <summary>Saves one of each model.</summary>
    public async Task BakeAsync(string key)
    {
        AddRange(new Loaf { Id = key }, new Cake { Id = key }, new Crumb { Id = key });
        await SaveChangesAsync();
    }

    /// <inheritdoc cref="BakeAsync"/>
    public void Bake(string key)
    {
        AddRange(new Loaf { Id = key }, new Cake { Id = key }, new Crumb { Id = key });
        SaveChanges();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Loaf>();
        modelBuilder.Entity<Cake>();
        modelBuilder.Entity<Crumb>();
    }
}
