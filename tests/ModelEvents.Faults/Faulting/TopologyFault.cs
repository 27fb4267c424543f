namespace ModelEvents.Faults.Faulting;

/// <summary>A line's exchange leads nowhere for a while. What is published meanwhile must be kept (<c>Unroutable</c>).</summary>
internal sealed class TopologyFault(
    string name, string summary, Func<Topology, CancellationToken, Task> begin, Func<Topology, CancellationToken, Task> end) : Fault
{
    public override string Name => name;

    public override string Summary => summary;

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var line = scene.Lines[scene.Random.Next(scene.Lines.Count)];
        var duration = Between(scene.Random, 1, 8);
        await using var topology = await Topology.OpenAsync(scene.Servers.Broker, line, cancellationToken);
        await topology.TieAsync(cancellationToken);
        try
        {
            await begin(topology, cancellationToken);
            await scene.Log.WriteLineAsync($"{name}: '{line.Exchange}' for {duration.TotalSeconds:0.0} s");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await end(topology, CancellationToken.None);
        }
    }
}
