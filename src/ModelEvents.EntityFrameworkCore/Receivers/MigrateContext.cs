using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ModelEvents;

/// <summary>What a receiver is told about a migration.</summary>
public sealed class MigrateContext
{
    internal MigrateContext(DbContext context, bool isMigration, string? targetMigration) =>
        (Using, IsMigration, TargetMigration) = (context, isMigration, targetMigration);

    /// <summary>The context whose database is migrated.</summary>
    public DbContext Using { get; }

    /// <summary>The database.</summary>
    public DatabaseFacade Database => Using.Database;

    /// <summary>Whether migrations are applied, or reverted; otherwise it is <c>EnsureCreated</c>.</summary>
    public bool IsMigration { get; }

    /// <summary>The migration to go to; <see langword="null"/> for the last one.</summary>
    public string? TargetMigration { get; }
}
