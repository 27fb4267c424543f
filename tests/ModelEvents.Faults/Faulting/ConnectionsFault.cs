namespace ModelEvents.Faults.Faulting;

/// <summary>The broker closes every connection.</summary>
internal sealed class ConnectionsFault : Fault
{
    public override string Name => "connections-closed";

    public override string Summary => "the broker closes all connections (also the consumers'), some times";

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var times = scene.Random.Next(1, 5);
        for (var time = 0; time < times; time++)
        {
            await scene.Servers.Broker.RunCtlAsync("close_all_connections", "random fault");
            await Task.Delay(Between(scene.Random, 0, 2), cancellationToken);
        }

        await scene.Log.WriteLineAsync($"{Name}: {times} times");
    }
}
