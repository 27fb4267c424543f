using Microsoft.EntityFrameworkCore;

namespace Shop.Billing;

/// <summary>Billing's own database. The inbox's table comes with it.</summary>
public sealed class BillingContext(DbContextOptions<BillingContext> options) : DbContext(options)
{
    public DbSet<BillLine> BillLines => Set<BillLine>();
}
