using System.Globalization;

namespace ModelEvents.Faults.Campaign;

/// <summary>What the workers of a line said around a moment.</summary>
internal static class WorkerLogs
{
    private const double Nearby = 3;
    private const int Most = 30;

    public static IEnumerable<string> Around(string folder, double at)
    {
        foreach (var file in Directory.GetFiles(folder, "worker-*.log").Order())
        {
            var name = Path.GetFileNameWithoutExtension(file);
            var said = File.ReadLines(file).Where(line => Math.Abs(Seconds(line) - at % 86400) < Nearby).Take(Most);
            foreach (var line in said)
                yield return $"{name}: {(line.Length > 400 ? line[..400] : line)}";
        }
    }

    /// <summary>What they said between two moments.</summary>
    public static IEnumerable<string> Between(string folder, double begin, double end) =>
        Directory.GetFiles(folder, "worker-*.log").SelectMany(File.ReadLines)
            .Where(line => Seconds(line) >= begin % 86400 && Seconds(line) - (begin % 86400) <= end - begin);

    private static double Seconds(string line) =>
        line.Length > 12 && TimeSpan.TryParse(line.AsSpan(0, 12), CultureInfo.InvariantCulture, out var time)
            ? time.TotalSeconds
            : double.MinValue;
}
