namespace ModelEvents.Faults.Servers;

/// <summary>Everything a campaign runs on; started and ended by it.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    private Surroundings(DatabaseCluster database, BrokerCluster broker)
    {
        Database = database;
        Broker = broker;
    }

    public DatabaseCluster Database { get; }

    public BrokerCluster Broker { get; }

    /// <summary>Between the workers and the primary.</summary>
    public PathProxy DatabasePath => Database.Path;

    /// <summary>Between the workers and the brokers.</summary>
    public PathProxy BrokerPath => Broker.Path;

    public static Task<Surroundings> StartAsync(
        string stateFolder, bool withStandby, int brokerNodes, TextWriter log, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Servers are not started yet.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
