namespace ModelEvents.Faults.Faulting;

/// <summary>The queues of a line take nothing: the broker refuses (basic.nack).</summary>
internal sealed class QueueFullFault : Fault
{
    private const string Policy = "random-fault";

    public override string Name => "queue-full";

    public override string Summary => "queues of a line are full and refuse (reject-publish)";

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var line = scene.Lines[scene.Random.Next(scene.Lines.Count)];
        var pattern = scene.Random.Next(3) switch
        {
            0 => $"^{line.QuorumQueue}$",
            1 => $"^{line.ClassicQueue}$",
            _ => $"^({line.QuorumQueue}|{line.ClassicQueue})$",
        };
        var (length, duration) = (scene.Random.Next(3), Between(scene.Random, 1, 10));
        try
        {
            await scene.Servers.Broker.RunCtlAsync(
                "set_policy", "--apply-to", "queues", Policy, pattern,
                $$"""{"max-length":{{length}},"overflow":"reject-publish"}""");
            await scene.Log.WriteLineAsync($"{Name}: {pattern} at {length} for {duration.TotalSeconds:0.0} s");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await scene.Servers.Broker.RunCtlAsync("clear_policy", Policy);
        }
    }
}
