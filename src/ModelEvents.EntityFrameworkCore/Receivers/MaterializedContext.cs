using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ModelEvents;

/// <summary>What a receiver is told about an instance that a query has made.</summary>
public sealed class MaterializedContext
{
    internal MaterializedContext(DbContext context) => Using = context;

    /// <summary>The context that queries.</summary>
    public DbContext Using { get; }

    /// <summary>The database that it queries.</summary>
    public DatabaseFacade Database => Using.Database;
}
