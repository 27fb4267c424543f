namespace ModelEvents.Faults.Faulting;

/// <summary>The queues of a line take nothing: the broker refuses (basic.nack).</summary>
internal sealed class QueueFullFault : Fault
{
    // A quorum queue whose limit is removed goes on refusing what open channels publish: it must see that there is room.
    private const int Room = 10_000_000;

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
            // A classic queue looks at its length first: it would drop the events that wait before it reads that it is to refuse.
            await LimitAsync(scene, line, pattern, Room);
            await LimitAsync(scene, line, pattern, length);
            await scene.Log.WriteLineAsync($"{Name}: {pattern} at {length} for {duration.TotalSeconds:0.0} s");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await LimitAsync(scene, line, pattern, Room);
        }
    }

    private static Task<string> LimitAsync(FaultScene scene, LineQueues line, string pattern, int length) =>
        scene.Servers.Broker.RunCtlAsync(
            "set_policy", "--apply-to", "queues", $"full-{line.Line}", pattern,
            $$"""{"max-length":{{length}},"overflow":"reject-publish"}""");
}
