using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Bodies;

namespace ModelEvents.Outbox;

/// <summary>
/// EF Core's statements that write one row, and what they become to write its event too; EF Core makes the same few again
/// and again.
/// </summary>
/// <param name="extend">Makes one, of EF Core's statement and of what follows the event in its pack.</param>
internal sealed class ExtendedStatements(Func<string, string, string> extend)
{
    // Other interceptors may put something different into each.
    private const int MostKept = 1000;

    private readonly ConcurrentDictionary<(string Statement, string Generated), (string Text, PreparedUse Use)> _kept = [];
    private readonly PreparedUse.Limit _limit = new();

    /// <summary>What a statement becomes, and whether it is worth preparing.</summary>
    public (string Text, bool IsToPrepare) Of(string statement, PendingValues? pending)
    {
        var generated = Generated(pending);
        if (_kept.TryGetValue((statement, generated), out var kept))
            return (kept.Text, kept.Use.Count(_limit));

        var text = extend(statement, generated);
        if (_kept.Count < MostKept)
            _kept.TryAdd((statement, generated), (text, new PreparedUse()));

        return (text, false);
    }

    /// <summary>What the database generates for the event, with commas between, behind the event in its pack.</summary>
    private static string Generated(PendingValues? pending)
    {
        if (pending is null)
            return "";

        IEnumerable<IProperty> properties = pending.Key is { } key ? [key, .. pending.InBody] : pending.InBody;
        var columns = properties.Select(property => $"{Quote(pending.ColumnOf(property))}::text");
        return $" || convert_to(concat_ws(',', {string.Join(", ", columns)}), 'UTF8')";
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
