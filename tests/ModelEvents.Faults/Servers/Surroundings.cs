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

    public static async Task<Surroundings> StartAsync(
        string stateFolder, bool withStandby, int brokerNodes, TextWriter log, CancellationToken cancellationToken)
    {
        var database = DatabaseCluster.StartAsync(
            Path.Combine(stateFolder, "postgres"), withStandby, log, cancellationToken);
        var broker = BrokerCluster.StartAsync(Path.Combine(stateFolder, "rabbitmq"), brokerNodes, cancellationToken);
        try
        {
            return new Surroundings(await database, await broker);
        }
        catch
        {
            await EndAsync(database);
            await EndAsync(broker);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Broker.DisposeAsync();
    }

    // Throws nothing: what could not be started has told it and has ended itself.
    private static async Task EndAsync<T>(Task<T> starting)
        where T : IAsyncDisposable
    {
        await ((Task)starting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (starting.IsCompletedSuccessfully)
            await (await starting).DisposeAsync();
    }
}
