namespace ModelEvents.Dispatching;

/// <summary>How long to rest after a number of failures in a row: doubling, capped, with jitter.</summary>
internal static class Backoff
{
    /// <summary>
    /// The rest after failure number <paramref name="failure"/>, counted from 0: half of it fixed, so that it never
    /// nears zero, and half of it random, so that processes that failed together do not come back together.
    /// </summary>
    public static TimeSpan Delay(int failure, TimeSpan first, TimeSpan longest)
    {
        var doubled = first * Math.Pow(2, Math.Min(failure, 30));
        var capped = doubled < longest ? doubled : longest;
        return capped * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
