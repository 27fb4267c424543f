namespace ModelEvents.Faults.Servers;

/// <summary>One RabbitMQ node, or three as a cluster that pauses a minority.</summary>
internal sealed class BrokerCluster : IAsyncDisposable
{
    private const string ProgramFile = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private static readonly TimeSpan WholeDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ReturnDeadline = TimeSpan.FromSeconds(10);

    private readonly ServerProcess _portMapper;
    private readonly PathProxy _directPath;

    private BrokerCluster(ServerProcess portMapper, IReadOnlyList<RabbitNode> nodes)
    {
        (_portMapper, Nodes) = (portMapper, nodes);
        int[] ports = [.. nodes.Select(node => node.Port)];
        Path = new PathProxy(Ports.Take(), ports) { IsSpread = true };
        _directPath = new PathProxy(Ports.Take(), ports);
    }

    public static bool IsInstalled => File.Exists(ProgramFile);

    /// <summary>Between the workers and the nodes. Leads to any node that answers.</summary>
    public PathProxy Path { get; }

    public IReadOnlyList<RabbitNode> Nodes { get; }

    /// <summary>
    /// Nodes that may fail alone. The classic queues live on the first one, to which <see cref="DirectUri"/> leads: when it is
    /// away, the broker confirms what such a queue does not get.
    /// </summary>
    public IReadOnlyList<RabbitNode> Mortal => [.. Nodes.Skip(1)];

    /// <summary>The way to a node that answers, struck by faults of the path.</summary>
    public Uri Uri => AddressOf(Path.Port);

    /// <summary>The way to the first node that answers, that no fault of the path strikes.</summary>
    public Uri DirectUri => AddressOf(_directPath.Port);

    /// <summary>Why no single node can fail, or null.</summary>
    public string? WhyNoNode => Nodes.Count > 1 ? null : "needs a campaign that was started with three nodes of RabbitMQ";

    public static async Task<BrokerCluster> StartAsync(string folder, int count, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var portMapperPort = Ports.Take();
        string[] names = [.. Enumerable.Range(1, count).Select(number => $"faults{number}@localhost")];
        var settings = await RabbitSettings.WriteAsync(folder, names, cancellationToken);
        var portMapper = ServerProcess.Start(
            System.IO.Path.Combine(folder, "epmd.log"), ["epmd", "-address", "127.0.0.1", "-port", $"{portMapperPort}"]);
        var cluster = new BrokerCluster(
            portMapper, [.. names.Select(name => new RabbitNode(name, settings, portMapperPort, ProgramFile))]);
        try
        {
            await cluster.StartNodesAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static Uri AddressOf(int port) => new($"amqp://guest:guest@127.0.0.1:{port}");

    /// <summary>Runs rabbitmqctl against the first node that runs, and returns what it printed.</summary>
    public Task<string> RunCtlAsync(params string[] arguments) =>
        (Nodes.FirstOrDefault(node => node.Runs) ?? Nodes[0]).RunCtlAsync(arguments);

    /// <summary>Starts the nodes that do not run, and waits until all are one cluster.</summary>
    public async Task StartNodesAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Nodes.Select(node => node.StartAsync(cancellationToken)));
        await Patience.ForAsync("A whole cluster of RabbitMQ", WholeDeadline, IsWholeAsync, cancellationToken);
        Path.Targets = [.. Nodes.Select(node => node.Port)];
    }

    /// <summary>
    /// Waits until a node that was away is one with the others. One that stood still can come back without pausing, and stays
    /// apart from them until somebody restarts it: https://www.rabbitmq.com/docs/partitions#suspend.
    /// </summary>
    public async Task HealAsync(RabbitNode node, TextWriter log)
    {
        await node.StartAsync(CancellationToken.None);
        try
        {
            await Patience.ForAsync($"A return of {node.Name}", ReturnDeadline, IsWholeAsync);
        }
        catch (TimeoutException)
        {
            await log.WriteLineAsync($"{node.Name} has not come back by itself and is restarted");
            await node.StopAsync();
            await StartNodesAsync(CancellationToken.None);
        }
    }

    /// <summary>
    /// Ends all nodes. The first is the last to go and the only way in until all are back: nobody can have events confirmed by
    /// the others that a queue of the first does not get.
    /// </summary>
    public async Task EndNodesAsync(Func<RabbitNode, Task> end)
    {
        Path.Targets = [Nodes[0].Port];
        await Task.WhenAll(Mortal.Select(end));
        await end(Nodes[0]);
    }

    public async ValueTask DisposeAsync()
    {
        await Path.DisposeAsync();
        await _directPath.DisposeAsync();
        await Task.WhenAll(Nodes.Select(node => node.KillAsync()));
        await _portMapper.KillAsync();
        _portMapper.Dispose();
    }

    // A node that was away can answer for a moment before it sees that it must join again.
    private async Task<bool> IsWholeAsync()
    {
        if (Nodes.Count == 1)
            return true;

        foreach (var node in Nodes)
        {
            if (await node.CountRunningAsync() != Nodes.Count || !await node.AnswersAsync(CancellationToken.None))
                return false;
        }

        return true;
    }
}
