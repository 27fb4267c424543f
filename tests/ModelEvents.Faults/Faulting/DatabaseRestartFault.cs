using ModelEvents.Faults.Servers;

namespace ModelEvents.Faults.Faulting;

/// <summary>The database goes down and comes back.</summary>
internal sealed class DatabaseRestartFault(
    string name, string summary, IReadOnlyList<(string How, Func<PostgresServer, Task> End)> ends) : Fault
{
    public override string Name => name;

    public override string Summary => summary;

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var server = scene.Servers.Database.Primary;
        var (how, end) = ends[scene.Random.Next(ends.Count)];
        var duration = Between(scene.Random, 0, 8);
        try
        {
            await scene.Log.WriteLineAsync($"{name}: {how}, down for {duration.TotalSeconds:0.0} s");
            await end(server);
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await server.StartAsync(CancellationToken.None);
        }
    }
}
