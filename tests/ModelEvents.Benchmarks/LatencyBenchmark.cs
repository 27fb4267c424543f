using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>
/// How long after its commit a row's message is with a consumer, against the time that a message takes which is published
/// without any save.
/// </summary>
internal sealed class LatencyBenchmark(
    BenchmarkDatabase database, BenchmarkSettings settings, IReadOnlyList<Side> sides, Report report)
{
    private const int Writers = 4;

    private readonly Backlog _queue = new(database, settings);
    private readonly int _seconds = settings.Quick ? 1 : 4;
    private readonly int _saves = settings.Quick ? 100 : 500;

    public async Task RunAsync()
    {
        await _queue.RecreateQueueAsync();
        await using var raw = await ConfirmedPublisher.ConnectAsync(settings);
        await using (var arrivals = await Arrivals.ConsumeAsync(settings))
        {
            var saturation = await WarmUpAsync(raw, arrivals);
            await RunAsync(50, writers: 1, sides, raw, arrivals, "<= 1 / 2; <= 1.5");
            Side[] pipelined = [.. sides.Where(side => side is not HandWrittenSide)];
            await RunAsync((int)(saturation / 2), Writers, pipelined, raw, arrivals, "");
        }

        await _queue.DeleteQueueAsync();
    }

    /// <summary>
    /// Until the runtime has compiled for good what delivers, as in a service that has run for a while. Returns the rows a
    /// second that get to the consumer through the first side when nobody holds back.
    /// </summary>
    private async Task<double> WarmUpAsync(ConfirmedPublisher raw, Arrivals arrivals)
    {
        List<double> saturation = [];
        foreach (var side in sides)
            saturation.Add(await AloneAsync(side, () => SaturationAsync(side, arrivals)));
        for (var count = 0; count < Writers * _saves; count++)
            await arrivals.AtAsync((await PublishAsync(raw)).Key);

        return saturation[0];
    }

    /// <summary>A service has one way to deliver: the readers of the others would take time from what is measured.</summary>
    private static async Task<T> AloneAsync<T>(Side side, Func<Task<T>> measure)
    {
        await side.StartAsync();
        var measured = await measure();
        await side.StopAsync();
        return measured;
    }

    private async Task RunAsync(
        int rate, int writers, IReadOnlyList<Side> measured, ConfirmedPublisher raw, Arrivals arrivals, string limit)
    {
        List<double> reference = [];
        var latencies = measured.ToDictionary(side => side, _ => new List<double>());
        for (var round = -1; round < settings.Rounds; round++)
        {
            var seconds = round < 0 ? 1 : _seconds;
            Keep(reference, await MeasureAsync(rate, writers, seconds, () => PublishAsync(raw), arrivals));
            foreach (var side in measured)
                Keep(latencies[side], await MeasureAsync(side, rate, writers, seconds, arrivals));

            void Keep(List<double> kept, IEnumerable<double> taken) => kept.AddRange(round < 0 ? [] : taken);
        }

        report.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"commit to consumer at {rate} saves/s: p50 / p99 in ms; p50 against the raw client's {Show(reference)}"),
            limit,
            [.. measured.Select(side => (side, $"{Show(latencies[side])}; {Report.Ratio(
                Median.Of(latencies[side]), Median.Of(reference))}"))]);
    }

    /// <summary>Once the side has begun to deliver, and has read what others left in the log.</summary>
    private static Task<List<double>> MeasureAsync(Side side, int rate, int writers, int seconds, Arrivals arrivals) =>
        AloneAsync(side, async () =>
        {
            await MeasureAsync(rate, writers, 1, () => SaveAsync(side), arrivals);
            return await MeasureAsync(rate, writers, seconds, () => SaveAsync(side), arrivals);
        });

    /// <summary>Works at a steady rate, and returns how many milliseconds each message was under way.</summary>
    private static async Task<List<double>> MeasureAsync(
        int rate, int writers, int seconds, Func<Task<(string Key, long From)>> work, Arrivals arrivals)
    {
        var sent = new ConcurrentBag<(string Key, long From)>();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async _ =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)writers / rate));
            for (var count = 0; count < rate * seconds / writers; count++)
            {
                await timer.WaitForNextTickAsync();
                sent.Add(await work());
            }
        }));

        List<double> latencies = [];
        foreach (var (key, from) in sent)
            latencies.Add(Stopwatch.GetElapsedTime(from, await arrivals.AtAsync(key)).TotalMilliseconds);
        return latencies;
    }

    /// <summary>Rows a second, one a save, that get to the consumer when nobody holds back.</summary>
    private async Task<double> SaturationAsync(Side side, Arrivals arrivals)
    {
        var last = 0L;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            List<string> keys = [];
            for (var count = 0; count < _saves; count++)
                keys.Add((await SaveAsync(side)).Key);
            foreach (var key in keys)
                last = Math.Max(last, await arrivals.AtAsync(key));
        }));
        return Writers * _saves / Stopwatch.GetElapsedTime(began, last).TotalSeconds;
    }

    private static async Task<(string Key, long From)> SaveAsync(Side side)
    {
        var row = new GuidRow();
        var saved = await side.SaveAsync(1, () => row);
        return (RowMessage.KeyOf(row), saved.CommittedAt);
    }

    private static async Task<(string Key, long From)> PublishAsync(ConfirmedPublisher raw)
    {
        var message = RowMessage.Of(new GuidRow());
        var from = Stopwatch.GetTimestamp();
        await raw.PublishAsync(message);
        return (message.Key, from);
    }

    private static string Show(List<double> latencies) => string.Create(
        CultureInfo.InvariantCulture, $"{Median.Of(latencies):F2} / {Median.Percentile(latencies, 0.99):F2}");
}
