using System.Globalization;

namespace ModelEvents.Outbox;

/// <summary>A snapshot of the database: it says which transactions it shows, as then does every later one.</summary>
/// <param name="next">The first transaction that had not begun, or was not over, when none after it was.</param>
/// <param name="running">Those before it that were not over, in their order.</param>
internal sealed class WalSnapshot(ulong next, ulong[] running)
{
    /// <summary>Shows nothing.</summary>
    public static WalSnapshot None { get; } = new(0, []);

    /// <summary>
    /// Reads <c>xmin:xmax:xip,...</c>:
    /// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT-PARTS
    /// </summary>
    public static WalSnapshot Parse(string text)
    {
        var parts = text.Split(':');
        var running = parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new WalSnapshot(NumberOf(parts[1]), Array.ConvertAll(running, NumberOf));
    }

    /// <summary>
    /// Whether it shows what a committed transaction wrote. The log has the lower half of a transaction's number; all that it
    /// can have are less than 2^31 away from each other.
    /// </summary>
    public bool Shows(uint transaction)
    {
        var number = unchecked(next + (ulong)(int)(transaction - (uint)next));
        return number < next && Array.BinarySearch(running, number) < 0;
    }

    private static ulong NumberOf(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}
