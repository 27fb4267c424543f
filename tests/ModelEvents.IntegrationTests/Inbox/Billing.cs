using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Inbox;

/// <summary>A consumer's context, which knows nothing of ModelEvents.</summary>
internal sealed class BillingContext(DbContextOptions<BillingContext> options) : DbContext(options)
{
    public DbSet<Bill> Bills => Set<Bill>();
}

internal sealed class Bill
{
    public int Id { get; set; }

    public string Text { get; set; } = "";
}
