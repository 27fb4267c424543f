using ModelEvents.Faults.Servers;

namespace ModelEvents.Faults.Faulting;

/// <summary>The same three faults for the path to each server.</summary>
internal static class PathFaults
{
    public static IEnumerable<Fault> Of(string server, Func<Surroundings, PathProxy> pathOf) =>
    [
        new PathFault($"{server}-cut", $"connections to the {server} are reset, new ones refused", pathOf, (path, _) => Cut(path)),
        new PathFault(
            $"{server}-stalled", $"connections to the {server} stay open but nothing arrives", pathOf, (path, _) => Stall(path)),
        new PathFault($"{server}-one-way", $"connections to the {server} carry one direction only", pathOf, OneWay),
    ];

    private static string Cut(PathProxy path)
    {
        path.Cut();
        return "cut";
    }

    private static string Stall(PathProxy path)
    {
        path.Stall();
        return "stalled";
    }

    private static string OneWay(PathProxy path, Random random)
    {
        var open = random.Next(2) == 0 ? PathDirection.ToServer : PathDirection.FromServer;
        path.OneWay(open);
        return $"only {open}";
    }
}
