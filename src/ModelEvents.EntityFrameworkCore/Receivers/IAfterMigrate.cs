namespace ModelEvents;

/// <summary>
/// Called after the database of a captured context was migrated (<c>Database.Migrate</c>, <c>dotnet ef database update</c>) or
/// made (<c>Database.EnsureCreated</c>): the place to fill tables that must not be empty.
/// </summary>
public interface IAfterMigrate : IModelReceiver
{
    /// <summary>Called once for each call that went well, whether there was something to migrate or not.</summary>
    /// <param name="migration">What is known about it.</param>
    /// <param name="cancellationToken">The token of the call.</param>
    Task AfterMigrateAsync(MigrateContext migration, CancellationToken cancellationToken);
}
