using ModelEvents.Faults.Checking;
using ModelEvents.Faults.Lines;
using Npgsql;

namespace ModelEvents.Faults.Campaign;

/// <summary>Ends the writing, and waits until everything has come, or nothing comes any more.</summary>
internal static class Quiet
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Returns what is true, per line.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, Truth>>> WaitAsync(
        IReadOnlyList<Line> lines, CancellationToken cancellationToken)
    {
        foreach (var line in lines)
            await line.StopWritingAsync();
        await Task.WhenAll(lines.Select(line => WritersEndedAsync(line, cancellationToken)));
        var truths = new Dictionary<string, IReadOnlyDictionary<string, Truth>>();
        foreach (var line in lines)
            truths[line.Name] = await Truth.ReadAsync(line.TruthConnectionString, line.Mode, cancellationToken);

        var (count, since) = (-1, TimeProvider.System.GetTimestamp());
        while (lines.Any(line => IsMissing(line, truths[line.Name])) && TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            await Task.Delay(Interval, cancellationToken);
            var now = lines.SelectMany(line => line.Arrivals).Sum(arrivals => arrivals.Count);
            if (now != count)
                (count, since) = (now, TimeProvider.System.GetTimestamp());
        }

        return truths;
    }

    private static bool IsMissing(Line line, IReadOnlyDictionary<string, Truth> truths) =>
        line.Arrivals.Any(arrivals => arrivals.CountMissing(truths.Keys) > 0);

    /// <summary>Until no transaction is open that could still tell something.</summary>
    private static async Task WritersEndedAsync(Line line, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(line.TruthConnectionString);
        await using var command = source.CreateCommand(
            "SELECT (SELECT count(*) FROM truth), (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND backend_xid IS NOT NULL)");
        var (last, equal) = (-1L, 0);
        for (var looks = 0; looks < 60 && equal < 3; looks++)
        {
            await Task.Delay(Interval, cancellationToken);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var (now, open) = (reader.GetInt64(0), reader.GetInt64(1));
            equal = now == last && open == 0 ? equal + 1 : 0;
            last = now;
        }
    }
}
