namespace ModelEvents.Faults.Faulting;

/// <summary>A line's exchange is deleted with its binding. What is published meanwhile must be kept.</summary>
internal sealed class ExchangeDeletedFault : Fault
{
    public override string Name => "exchange-deleted";

    public override string Summary => "the exchange of a line is deleted, and bound again at the end";

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var line = scene.Lines[scene.Random.Next(scene.Lines.Count)];
        var duration = Between(scene.Random, 1, 8);
        await using var topology = await Topology.OpenAsync(scene.Servers.Broker, line, cancellationToken);
        await topology.TieAsync(cancellationToken);
        await topology.DeleteExchangeAsync(cancellationToken);
        try
        {
            await scene.Log.WriteLineAsync($"{Name}: '{line.Exchange}' for {duration.TotalSeconds:0.0} s");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await topology.WaitForExchangeAsync(CancellationToken.None);
            await topology.BindAsync(CancellationToken.None);
        }
    }
}
