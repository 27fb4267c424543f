namespace ModelEvents.Faults.Faulting;

/// <summary>The database's disk is full for a while.</summary>
internal sealed class DiskFullFault : Fault
{
    public override string Name => "disk-full";

    public override string Summary => "the database's disk is full; a server that dies of it is started when there is room";

    public override FaultSide Side => FaultSide.Server;

    public override string? WhyNot(FaultScene scene) => scene.Servers.Database.Primary.Disk.WhyNotFull;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var server = scene.Servers.Database.Primary;
        var (free, duration) = (scene.Random.Next(2_000), Between(scene.Random, 2, 10));
        try
        {
            await scene.Log.WriteLineAsync($"{Name}: {free} KB left for {duration.TotalSeconds:0.0} s");
            await server.Disk.FillAsync(free);
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await server.Disk.FreeAsync();
            await scene.Log.WriteLineAsync($"{Name}: there is room, the server runs: {server.Runs}");
            await server.StartAsync(CancellationToken.None);
        }
    }
}
