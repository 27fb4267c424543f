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

    // Npgsql prepares after as many uses where it is to do so by itself.
    private const int UsesUntilPrepared = 5;

    // Each is kept by every session of the pool, with its plan.
    private const int MostPrepared = 100;

    private readonly ConcurrentDictionary<(string Statement, string Generated), ExtendedStatement> _kept = [];
    private int _prepared;

    public ExtendedStatement Of(string statement, PendingValues? pending)
    {
        var generated = Generated(pending);
        if (_kept.TryGetValue((statement, generated), out var kept))
        {
            Count(kept);
            return kept;
        }

        var extended = new ExtendedStatement(extend(statement, generated));
        if (_kept.Count < MostKept)
            _kept.TryAdd((statement, generated), extended);

        return extended;
    }

    private void Count(ExtendedStatement kept)
    {
        // Not exact where several threads count, which does no harm.
        if (!kept.IsToPrepare && ++kept.Uses >= UsesUntilPrepared && _prepared < MostPrepared)
        {
            kept.IsToPrepare = true;
            Interlocked.Increment(ref _prepared);
        }
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
