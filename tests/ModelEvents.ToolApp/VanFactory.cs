using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ModelEvents.ToolApp;

/// <summary>Makes the context for the tools alone, as many do, without the service's own registrations.</summary>
public sealed class VanFactory : IDesignTimeDbContextFactory<VanContext>
{
    public VanContext CreateDbContext(string[] args) => new(
        new DbContextOptionsBuilder<VanContext>().UseNpgsql("Host=nowhere.invalid").UseModelEventsPostgreSqlOutbox().Options);
}
