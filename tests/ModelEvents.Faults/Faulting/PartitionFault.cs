namespace ModelEvents.Faults.Faulting;

/// <summary>One node of a cluster and the others lose each other; clients still reach all.</summary>
internal sealed class PartitionFault : Fault
{
    public override string Name => "node-partitioned";

    public override string Summary => "one node of three loses the others and pauses (pause_minority)";

    public override FaultSide Side => FaultSide.Server;

    public override int BrokerNodes => 3;

    public override string? WhyNot(FaultScene scene) => scene.Servers.Broker.WhyNoNode;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var broker = scene.Servers.Broker;
        var node = broker.Mortal[scene.Random.Next(broker.Mortal.Count)];
        var others = $"[{string.Join(", ", broker.Nodes.Where(other => other != node).Select(other => other.Name))}]";
        var duration = Between(scene.Random, 1, 10);
        try
        {
            await scene.Log.WriteLineAsync($"{Name}: {node.Name} for {duration.TotalSeconds:0.0} s");

            // With another secret for each other, nodes cannot connect again, from neither side.
            await node.RunCtlAsync(
                "eval", $"[begin erlang:set_cookie(N, cut), erlang:disconnect_node(N) end || N <- {others}].");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await node.RunCtlAsync("eval", $"[erlang:set_cookie(N, erlang:get_cookie()) || N <- {others}].");
            await broker.HealAsync(node, scene.Log);
        }
    }
}
