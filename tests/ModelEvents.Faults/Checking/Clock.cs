using System.Globalization;

namespace ModelEvents.Faults.Checking;

/// <summary>Times as the consumers note them: in seconds since 1970.</summary>
internal static class Clock
{
    public static double Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000d;

    public static string Text(double at) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)(at * 1000)).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
