namespace ModelEvents.Faults.Servers;

/// <summary>A PostgreSQL server, and a synchronous standby where one is wanted.</summary>
internal sealed class DatabaseCluster(PathProxy path, PathProxy directPath)
{
    public PathProxy Path => path;

    /// <summary>The way to the primary that faults of the path strike.</summary>
    public string ConnectionString(string database) => Through(path, database);

    /// <summary>The way to the primary, also after a failover, that no fault of the path strikes.</summary>
    public string DirectConnectionString(string database) => Through(directPath, database);

    private static string Through(PathProxy path, string database) =>
        $"Host=127.0.0.1;Port={path.Port};Username=modelevents;Password=modelevents;Database={database}";
}
