using ModelEvents.Faults.Servers;

namespace ModelEvents.Faults.Faulting;

/// <summary>Something that happens to the network between the workers and a server.</summary>
internal sealed class PathFault(
    string name, string summary, Func<Surroundings, PathProxy> pathOf, Func<PathProxy, Random, string> strike) : Fault
{
    public override string Name => name;

    public override string Summary => summary;

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var path = pathOf(scene.Servers);
        var isReset = scene.Random.Next(2) == 0;
        var duration = Between(scene.Random, 1, 10);
        var what = strike(path, scene.Random);
        try
        {
            await scene.Log.WriteLineAsync($"{name}: {what} for {duration.TotalSeconds:0.0} s, reset after: {isReset}");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            // Some routers forget their connections when they come back.
            if (isReset)
                path.Reset();
            path.Mend();
        }
    }
}
