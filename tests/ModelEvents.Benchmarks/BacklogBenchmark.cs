using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>How fast what waits in the database gets onto the broker, against the raw client.</summary>
internal sealed class BacklogBenchmark(
    BenchmarkDatabase database, BenchmarkSettings settings, CapturedSide captured, HandWrittenSide handWritten, Report report)
{
    private const int Large = 200_000;

    private readonly Backlog _queue = new(database, settings);
    private readonly List<double> _megabytes = [];

    public async Task RunAsync()
    {
        await CompareAsync(settings.Events, routed: true, ">= 0.95");
        await CompareAsync(settings.Events, routed: false, ">= 0.85");
        if (settings.Quick)
            return;

        _megabytes.Clear();
        await CompareAsync(Large, routed: true, ">= 0.95", rivals: false);
        report.Add(
            $"working set while {Large} are drained: least / most in MB",
            "flat",
            (captured, string.Create(CultureInfo.InvariantCulture, $"{_megabytes.Min():F0} / {_megabytes.Max():F0}")));
    }

    /// <summary>Whether a deep backlog is drained as fast as a short one.</summary>
    public async Task RunDeepAsync()
    {
        await using var other = await BenchmarkDatabase.CreateAsync(settings.Postgres);
        await using var deep = new CapturedSide(other, settings, DeliveryMode.Outbox);
        await deep.FillAsync(settings.Waiting);
        List<double> shortRates = [], deepRates = [];
        for (var round = -1; round < settings.Rounds; round++)
        {
            await captured.FillAsync(settings.Events);
            var shortRate = await TopRateAsync(captured);
            var deepRate = await TopRateAsync(deep);
            if (round < 0)
                continue;

            shortRates.Add(shortRate);
            deepRates.Add(deepRate);
        }

        report.Add(
            $"drain of {settings.Events} of {settings.Waiting} that wait, against {settings.Events} that wait",
            ">= 0.90",
            (captured, Report.Ratio(Median.Of(deepRates), Median.Of(shortRates))));
    }

    private async Task CompareAsync(int events, bool routed, string limit, bool rivals = true)
    {
        List<double> raw = [], ours = [], bus = [], byHand = [];
        for (var round = -1; round < settings.Rounds; round++)
        {
            raw.Add(await RawRateAsync(events, routed));
            ours.Add(await DrainRateAsync(Drain.RabbitMq, events, routed));
            if (rivals)
                bus.Add(await DrainRateAsync(Drain.MassTransit, events, routed));
            if (rivals && routed)
                byHand.Add(await PolledRateAsync(events));
        }

        // The first of each was to warm up.
        var reference = Median.Of(raw.Skip(1));
        var figure = string.Create(
            CultureInfo.InvariantCulture,
            $"drain of {events} to {(routed ? "a" : "no")} queue, against the raw client's {reference:F0} a second");
        report.Add(figure, limit, (captured, RatioOf(ours)), (handWritten, byHand.Count > 0 ? RatioOf(byHand) : ""));
        if (rivals)
            report.Add("the same through MassTransit", "", (captured, RatioOf(bus)));

        string RatioOf(List<double> rates) => Report.Ratio(Median.Of(rates.Skip(1)), reference);
    }

    private async Task<double> RawRateAsync(int events, bool routed)
    {
        await _queue.RecreateQueueAsync(routed);
        var milliseconds = await Median.MillisecondsAsync(
            () => new RawPublisher(settings.RabbitMq).PublishAsync(Backlog.Exchange, "guid_row__created", events));
        return await EndAsync(events, routed, milliseconds);
    }

    private async Task<double> DrainRateAsync(Drain publisher, int events, bool routed)
    {
        await captured.FillAsync(events);
        await _queue.RecreateQueueAsync(routed);
        using var draining = new Draining(database, settings, publisher);
        var milliseconds = await Median.MillisecondsAsync(
            () => draining.RunAsync(events, () => _megabytes.Add(Environment.WorkingSet / 1048576.0)));
        await draining.StopAsync();
        return await EndAsync(events, routed, milliseconds);
    }

    private async Task<double> PolledRateAsync(int events)
    {
        await handWritten.FillAsync(events);
        return await TopRateAsync(handWritten);
    }

    private async Task<double> EndAsync(int events, bool routed, double milliseconds)
    {
        var arrived = await _queue.DeleteQueueAsync();
        return arrived == (routed ? events : 0)
            ? events / milliseconds * 1000
            : throw new InvalidOperationException($"{arrived} messages arrived instead of {events}.");
    }

    /// <summary>The rate of the first events, however many more wait.</summary>
    private async Task<double> TopRateAsync(Side side)
    {
        await _queue.RecreateQueueAsync();
        var milliseconds = await Median.MillisecondsAsync(async () =>
        {
            await side.StartAsync();
            await _queue.WaitForAsync(settings.Events);
        });
        await side.StopAsync();
        await _queue.DeleteQueueAsync();
        return settings.Events / milliseconds * 1000;
    }
}
