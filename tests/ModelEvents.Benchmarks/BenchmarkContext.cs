using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Benchmarks;

internal sealed class GuidRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public string Name { get; set; } = "A name of usual length";

    public string Text { get; set; } = "Some more text, as an order or a customer would have it in a column or two.";

    public decimal Total { get; set; } = 1234.56m;

    public int Count { get; set; } = 12;

    public bool Flag { get; set; } = true;
}

internal sealed class IdentityRow
{
    public long Id { get; set; }

    public string Name { get; set; } = "A name of usual length";

    public string Text { get; set; } = "Some more text, as an order or a customer would have it in a column or two.";

    public decimal Total { get; set; } = 1234.56m;

    public int Count { get; set; } = 12;

    public bool Flag { get; set; } = true;
}

internal sealed class BenchmarkContext(DbContextOptions<BenchmarkContext> options) : DbContext(options)
{
    public DbSet<GuidRow> GuidRows => Set<GuidRow>();

    public DbSet<IdentityRow> IdentityRows => Set<IdentityRow>();

    public DbSet<RowMessage> HandWrittenMessages => Set<RowMessage>();

    /// <summary>The timestamp of the last save's end.</summary>
    public long SavedAt { get; private set; }

    public override async Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var written = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        SavedAt = Stopwatch.GetTimestamp();
        return written;
    }
}
