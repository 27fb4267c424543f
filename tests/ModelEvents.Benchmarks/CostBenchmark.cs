using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>What an event allocates and computes in the process from the save to the socket, beyond the plain save.</summary>
internal sealed class CostBenchmark(
    BenchmarkDatabase database, BenchmarkSettings settings, IReadOnlyList<Side> sides, Side plain, Report report)
{
    private readonly Backlog _queue = new(database, settings);

    public async Task RunAsync()
    {
        await RunAsync(rows: 1, events: settings.Quick ? 400 : 1_000);
        await RunAsync(rows: 100, events: settings.Quick ? 4_000 : 5_000);
    }

    private async Task RunAsync(int rows, int events)
    {
        var whole = sides.ToDictionary(side => side, _ => new List<Cost>());
        var saving = sides.Where(side => side.DeliversLater).ToDictionary(side => side, _ => new List<Cost>());
        for (var round = -1; round < settings.Rounds; round++)
        {
            var alone = await SaveAsync(plain, rows, events);
            foreach (var (side, costs) in whole)
                Keep(costs, await DeliverAsync(side, rows, events) - alone);
            foreach (var (side, costs) in saving)
                Keep(costs, await SaveAsync(side, rows, events) - alone);

            void Keep(List<Cost> costs, Cost cost) => costs.AddRange(round < 0 ? [] : [cost / events]);
        }

        var saves = $"in saves of {rows} row{(rows > 1 ? "s" : "")}";
        Add($"allocated per event, save to socket, {saves}: bytes", "<= 2048", whole, cost => cost.Bytes, "F0");
        Add("of that by the save", "", saving, cost => cost.Bytes, "F0");
        Add($"CPU per event in the process, save to socket, {saves}: µs", "", whole, cost => cost.Microseconds, "F1");
        Add("of that by the save", "", saving, cost => cost.Microseconds, "F1");
    }

    private void Add(
        string figure, string limit, Dictionary<Side, List<Cost>> costs, Func<Cost, double> value, string format) =>
        report.Add(figure, limit, [.. costs.Select(side => (
            side.Key, Median.Of(side.Value.Select(value)).ToString(format, CultureInfo.InvariantCulture)))]);

    /// <summary>Until all are with the broker.</summary>
    private async Task<Cost> DeliverAsync(Side side, int rows, int events)
    {
        await _queue.RecreateQueueAsync();
        await side.StartAsync();

        // Connected and looking, before anything is counted.
        await side.SaveAsync(rows, () => new GuidRow());
        await _queue.WaitForAsync(rows);

        var before = Cost.Now;
        for (var saved = 0; saved < events; saved += rows)
            await side.SaveAsync(rows, () => new GuidRow());
        await _queue.WaitForAsync(events + rows);
        var cost = Cost.Now - before;

        await side.StopAsync();
        await database.ClearAsync();
        return cost;
    }

    private async Task<Cost> SaveAsync(Side side, int rows, int events)
    {
        var before = Cost.Now;
        for (var saved = 0; saved < events; saved += rows)
            await side.SaveAsync(rows, () => new GuidRow());
        var cost = Cost.Now - before;

        await database.ClearAsync();
        return cost;
    }
}
