namespace ModelEvents.Faults.Servers;

/// <summary>One RabbitMQ node, or three as a cluster.</summary>
internal sealed class BrokerCluster(PathProxy path, PathProxy directPath, IReadOnlyList<RabbitNode> nodes)
{
    public PathProxy Path => path;

    public IReadOnlyList<RabbitNode> Nodes => nodes;

    /// <summary>The way to a node that answers, struck by faults of the path.</summary>
    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{path.Port}");

    /// <summary>The way to a node that answers, that no fault of the path strikes.</summary>
    public Uri DirectUri => new($"amqp://guest:guest@127.0.0.1:{directPath.Port}");

    /// <summary>Runs a command on the first node that runs, and returns what it printed.</summary>
    public Task<string> RunCtlAsync(params string[] arguments) => nodes[0].RunCtlAsync(arguments);
}
