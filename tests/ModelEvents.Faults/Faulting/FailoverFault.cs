namespace ModelEvents.Faults.Faulting;

/// <summary>The primary is gone for good and a synchronous standby takes its place.</summary>
internal sealed class FailoverFault : Fault
{
    private static readonly TimeSpan StandbyDeadline = TimeSpan.FromMinutes(2);

    public override string Name => "failover";

    public override string Summary => "the primary is killed, its synchronous standby promoted; delivery from the log is not judged";

    public override FaultSide Side => FaultSide.Server;

    public override bool NeedsStandby => true;

    public override string? WhyNot(FaultScene scene) =>
        scene.Servers.Database.WantsStandby ? null : "needs a campaign that was started with a standby";

    // Before PostgreSQL 17 a standby has no logical slots: what is committed before the new slot is made is not in it.
    public override bool Spares(string mode) => mode is "wal" or "log";

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var database = scene.Servers.Database;
        await database.WaitForStandbyAsync(StandbyDeadline, cancellationToken);
        await scene.Log.WriteLineAsync($"{Name}: '{database.Primary.Name}' is killed");
        await database.FailOverAsync(Between(scene.Random, 0, 5), CancellationToken.None);
        await scene.Log.WriteLineAsync($"{Name}: '{database.Primary.Name}' is the primary");
    }
}
