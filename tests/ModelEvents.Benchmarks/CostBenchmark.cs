using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>What an event allocates and computes in the process from the save to the socket, beyond the plain save.</summary>
internal sealed class CostBenchmark(
    BenchmarkDatabase database, BenchmarkSettings settings, IReadOnlyList<Side> sides, Side plain, Report report)
{
    private readonly Backlog _queue = new(database, settings);

    public async Task RunAsync()
    {
        await RunAsync(rows: 1, events: 2_000);
        await RunAsync(rows: 100, events: 10_000);
    }

    private async Task RunAsync(int rows, int events)
    {
        var costs = sides.ToDictionary(side => side, _ => new List<Cost>());
        for (var round = -1; round < settings.Rounds; round++)
        {
            var alone = await MeasureAsync(plain, rows, events);
            foreach (var side in sides)
            {
                var cost = await MeasureAsync(side, rows, events) - alone;
                if (round >= 0)
                    costs[side].Add(cost / events);
            }
        }

        var saves = $"in saves of {rows} row{(rows > 1 ? "s" : "")}";
        Add($"allocated per event, save to socket, {saves}: bytes", "<= 2048", cost => cost.Bytes, "F0");
        Add($"computed per event in the process, {saves}: µs", "", cost => cost.Microseconds, "F1");

        void Add(string figure, string limit, Func<Cost, double> value, string format) => report.Add(
            figure,
            limit,
            [.. sides.Select(side => (
                side, Median.Of(costs[side].Select(value)).ToString(format, CultureInfo.InvariantCulture)))]);
    }

    private async Task<Cost> MeasureAsync(Side side, int rows, int events)
    {
        await _queue.RecreateQueueAsync();
        await side.StartAsync();

        // Connected and looking, before anything is counted.
        if (side != plain)
        {
            await side.SaveAsync(rows, () => new GuidRow());
            await _queue.WaitForAsync(rows);
        }

        var before = Cost.Now;
        for (var saved = 0; saved < events; saved += rows)
            await side.SaveAsync(rows, () => new GuidRow());
        if (side != plain)
            await _queue.WaitForAsync(events + rows);
        var cost = Cost.Now - before;

        await side.StopAsync();
        await database.ExecuteAsync("TRUNCATE \"GuidRows\"");
        return cost;
    }
}
