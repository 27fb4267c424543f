using ModelEvents.Faults.Servers;

namespace ModelEvents.Faults.Faulting;

/// <summary>One node of a cluster is away for a while.</summary>
internal sealed class NodeFault(string name, string summary, double longest, Func<RabbitNode, Task> end) : Fault
{
    public override string Name => name;

    public override string Summary => summary;

    public override FaultSide Side => FaultSide.Server;

    public override int BrokerNodes => 3;

    public override string? WhyNot(FaultScene scene) => scene.Servers.Broker.WhyNoNode;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var broker = scene.Servers.Broker;
        var node = broker.Mortal[scene.Random.Next(broker.Mortal.Count)];
        var duration = Between(scene.Random, 0.5, longest);
        try
        {
            await scene.Log.WriteLineAsync($"{name}: {node.Name} for {duration.TotalSeconds:0.0} s");
            await end(node);
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await node.ResumeAsync();
            await broker.HealAsync(node, scene.Log);
        }
    }
}
