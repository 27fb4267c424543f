namespace ModelEvents;

/// <summary>
/// Called before the database of a captured context is migrated (<c>Database.Migrate</c>, <c>dotnet ef database update</c>) or
/// made (<c>Database.EnsureCreated</c>). Throwing stops it.
/// </summary>
public interface IBeforeMigrate : IModelReceiver
{
    /// <summary>Called once for each call, whether there is something to migrate or not.</summary>
    /// <param name="migration">What is known about it.</param>
    /// <param name="cancellationToken">The token of the call.</param>
    Task BeforeMigrateAsync(MigrateContext migration, CancellationToken cancellationToken);
}
