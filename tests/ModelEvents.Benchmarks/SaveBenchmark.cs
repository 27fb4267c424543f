using System.Globalization;
using ModelEvents.Testing;

namespace ModelEvents.Benchmarks;

/// <summary>What a save costs its caller on each side, against the same save without anything published.</summary>
internal sealed class SaveBenchmark(
    BenchmarkDatabase database, BenchmarkSettings settings, IReadOnlyList<Side> sides, Side plain, Report report)
{
    private static readonly (int Rows, int Samples, string Guid, string Identity)[] Sizes =
        [
            (1, 150, "1.25; 1.25; 1.02", "1.35; 1.35; 1.02"),
            (10, 100, "1.20; 1.20", "1.20; 1.20"),
            (100, 40, "1.12; 1.12; 1.02", "1.12; 1.12; 1.02"),
            (1000, 8, "1.10; 1.08; 1.02", "1.10; 1.08; 1.02"),
        ];

    private readonly Dictionary<BenchmarkDatabase, Side> _plains = [];
    private readonly Backlog _queue = new(database, settings);

    public async Task RunAsync()
    {
        await WarmUpAsync([plain, .. sides.Select(side => PlainOn(side.Database)), .. sides]);
        foreach (var (rows, all, guid, identity) in Sizes)
        {
            var samples = settings.Quick ? all / 3 : all;
            Add(rows, "Guid", guid, await RatiosAsync(rows, samples, () => new GuidRow()));
            Add(rows, "identity", identity, await RatiosAsync(rows, samples, () => new IdentityRow()));
        }
    }

    /// <summary>
    /// Each side against a plain one on its database, as whoever comes back to one after others finds it cold. Sides that send to the broker as they save take their turns by themselves: the broker
    /// is still busy with a message when the next side saves, which would then pay for it.
    /// </summary>
    private async Task<(Side Side, double Ratio, double Plain)[]> RatiosAsync(int rows, int samples, Func<object> newRow)
    {
        var ratios = new List<(Side, double, double)>();
        foreach (var alike in sides.GroupBy(side => (side.Database, side.DeliversLater)))
        {
            Side[] all = [PlainOn(alike.Key.Database), .. alike];
            var medians = await MeasureAsync(rows, samples, all, newRow);
            ratios.AddRange(alike.Select((side, index) => (side, medians[index + 1] / medians[0], medians[0])));
        }

        return [.. ratios];
    }

    private Side PlainOn(BenchmarkDatabase its)
    {
        if (!_plains.TryGetValue(its, out var plainSide))
            _plains[its] = plainSide = its == database ? plain : new PlainSide(its);
        return plainSide;
    }

    /// <summary>
    /// The same ratio before and after something in this process has used <c>Dispatcher.Disable</c>, which is when saves
    /// begin to ask whether they are disabled.
    /// </summary>
    public async Task RunDisabledCheckAsync()
    {
        Side[] both = [plain, sides[0]];
        await WarmUpAsync(both);
        var without = await MeasureAsync(1, 150, both, () => new GuidRow());
        Dispatcher.Disable().Dispose();
        var with = await MeasureAsync(1, 150, both, () => new GuidRow());
        report.Add(
            "the first of these in a test process that has used `Dispatcher.Disable`, against one that has not",
            "",
            (sides[0], Report.Ratio(with[1] / with[0], without[1] / without[0])));
    }

    /// <summary>Until the runtime has compiled all sides for good, as in a service that has run for a while.</summary>
    private async Task WarmUpAsync(Side[] all)
    {
        await _queue.RecreateQueueAsync();
        for (var round = 0; round < (settings.Quick ? 100 : 500); round++)
        {
            foreach (var side in all)
            {
                await side.SaveAsync(20, () => new GuidRow());
                await side.SaveAsync(20, () => new IdentityRow());
            }
        }

        await ClearAsync();
    }

    /// <summary>Medians in the order of the sides, who take turns in being first.</summary>
    private async Task<double[]> MeasureAsync(int rows, int samples, Side[] all, Func<object> newRow)
    {
        await _queue.RecreateQueueAsync();
        var times = Array.ConvertAll(all, _ => new List<double>());
        for (var sample = -10; sample < samples * settings.Rounds; sample++)
        {
            for (var turn = 0; turn < all.Length; turn++)
            {
                var index = (turn + Math.Abs(sample)) % all.Length;
                var saved = await all[index].SaveAsync(rows, newRow);
                if (sample >= 0)
                    times[index].Add(saved.Milliseconds);
            }
        }

        await ClearAsync();
        return Array.ConvertAll(times, Median.Of);
    }

    private async Task ClearAsync()
    {
        await database.ClearAsync();
        await _queue.DeleteQueueAsync();
    }

    private void Add(int rows, string key, string limit, (Side Side, double Ratio, double Plain)[] measured) => report.Add(
        string.Create(
            CultureInfo.InvariantCulture,
            $"time of a save of {rows} row{(rows > 1 ? "s" : "")}, {key} key, against the plain one of "
            + $"{measured[0].Plain:F2} ms"),
        $"<= {limit}",
        [.. measured.Select(side => (side.Side, Report.Ratio(side.Ratio, 1)))]);
}
