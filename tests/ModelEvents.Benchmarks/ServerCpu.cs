using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>What the processes of PostgreSQL on this machine have computed, on Linux; elsewhere nothing is known.</summary>
internal static class ServerCpu
{
    // Of a clock tick: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    private const double Microseconds = 10_000;

    /// <summary>In microseconds: of those that run, and of those that have ended, which their parent knows.</summary>
    public static double Now => Directory.Exists("/proc")
        ? Directory.EnumerateDirectories("/proc").Where(IsProcess).Sum(TicksOf) * Microseconds
        : 0;

    private static bool IsProcess(string directory) => char.IsAsciiDigit(Path.GetFileName(directory)[0]);

    private static long TicksOf(string process)
    {
        try
        {
            // The name is in brackets, and may hold blanks.
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            var end = stat.LastIndexOf(')');
            return stat.Contains("(postgres)", StringComparison.Ordinal)
                ? stat[(end + 2)..].Split(' ')[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture))
                : 0;
        }
        catch (IOException)
        {
            // No process, or one that has just ended.
            return 0;
        }
    }
}
