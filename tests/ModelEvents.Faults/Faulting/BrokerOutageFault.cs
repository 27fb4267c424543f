using ModelEvents.Faults.Servers;

namespace ModelEvents.Faults.Faulting;

/// <summary>All nodes of the broker go down and come back.</summary>
internal sealed class BrokerOutageFault(string name, string summary, Func<RabbitNode, Task> end) : Fault
{
    public override string Name => name;

    public override string Summary => summary;

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var broker = scene.Servers.Broker;
        var duration = Between(scene.Random, 0, 8);
        try
        {
            await scene.Log.WriteLineAsync($"{name}: down for {duration.TotalSeconds:0.0} s");
            await broker.EndNodesAsync(end);
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await broker.StartNodesAsync(CancellationToken.None);
        }
    }
}
