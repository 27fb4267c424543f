using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Handlers;

public sealed class Item
{
    public int Id { get; set; }
    public string Name { get; set; } = "";
    public int Count { get; set; }
}

public sealed class WarehouseContext(DbContextOptions<WarehouseContext> options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTriggerRules();
}

public static class WarehouseEvents
{
    public static readonly EventName Moved = EventName.Declare("warehouse.moved", "Something was moved to another shelf.");

    public static readonly EventName Counted = EventName.Declare("warehouse.counted", "A shelf was counted.");
}
