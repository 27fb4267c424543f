namespace ModelEvents.Faults.Faulting;

/// <summary>The broker has no memory left: it stops reading from publishers.</summary>
internal sealed class AlarmFault : Fault
{
    public override string Name => "broker-alarmed";

    public override string Summary => "the broker raises its memory alarm and blocks publishers";

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var duration = Between(scene.Random, 1, 10);
        try
        {
            await SetAsync(scene, "absolute", "1MB");
            await scene.Log.WriteLineAsync($"{Name}: for {duration.TotalSeconds:0.0} s");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await SetAsync(scene, "0.4");
        }
    }

    private static Task<string> SetAsync(FaultScene scene, params string[] limit) =>
        scene.Servers.Broker.RunCtlAsync(["set_vm_memory_high_watermark", .. limit]);
}
