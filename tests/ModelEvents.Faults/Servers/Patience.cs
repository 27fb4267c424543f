using System.Diagnostics;

namespace ModelEvents.Faults.Servers;

/// <summary>Waits for conditions with a deadline.</summary>
internal static class Patience
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static async Task ForAsync(
        string what, TimeSpan deadline, Func<Task<bool>> condition, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > deadline)
                throw new TimeoutException($"{what} did not happen within {deadline.TotalSeconds} s.");

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
