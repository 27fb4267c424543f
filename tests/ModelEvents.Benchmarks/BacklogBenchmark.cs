using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>How fast what waits in the database gets onto the broker, against the raw client.</summary>
internal sealed class BacklogBenchmark(
    BenchmarkDatabase database,
    BenchmarkSettings settings,
    CapturedSide captured,
    CapturedSide fromLog,
    CapturedSide fromRows,
    HandWrittenSide handWritten,
    Report report)
{
    private const int Short = 20_000;

    private readonly int _logged = Math.Min(settings.Events, Short);
    private readonly Backlog _queue = new(database, settings);
    private readonly List<double> _megabytes = [];

    public async Task RunAsync()
    {
        await CompareAsync(settings.Events, routed: true, ">= 0.95");
        await CompareAsync(settings.Events, routed: false, ">= 0.85");
        await CompareLogAsync(fromLog, rowsOfSave: 10, routed: true, ">= 0.92");
        await CompareLogAsync(fromLog, rowsOfSave: 10, routed: false, ">= 0.85");
        await CompareLogAsync(fromLog, rowsOfSave: 1, routed: false, ">= 0.5");
        await CompareLogAsync(fromRows, rowsOfSave: 10, routed: true, ">= 0.85");
        await CompareLogAsync(fromRows, rowsOfSave: 10, routed: false, "");
        report.Add(
            $"working set while {settings.Events} are drained: least / most in MB",
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
            await captured.FillAsync(Short);
            var shortRate = await TopRateAsync(captured);
            var deepRate = await TopRateAsync(deep);
            if (round < 0)
                continue;

            shortRates.Add(shortRate);
            deepRates.Add(deepRate);
        }

        report.Add(
            $"drain of {Short} of {settings.Waiting} that wait, against {Short} that wait",
            ">= 0.90",
            (captured, Report.Ratio(Median.Of(deepRates), Median.Of(shortRates))));
    }

    private async Task CompareAsync(int events, bool routed, string limit)
    {
        List<double> raw = [], ours = [], bus = [], byHand = [];
        for (var round = -1; round < settings.Rounds; round++)
        {
            raw.Add(await RawRateAsync(events, routed));
            ours.Add(await TableRateAsync(Drain.RabbitMq, events, routed));
            bus.Add(await TableRateAsync(Drain.MassTransit, events, routed));
            if (routed)
                byHand.Add(await PolledRateAsync());
        }

        // The first of each was to warm up.
        var reference = Median.Of(raw.Skip(1));
        var figure = string.Create(
            CultureInfo.InvariantCulture,
            $"drain of {events} to {(routed ? "a" : "no")} queue, against the raw client's {reference:F0} a second");
        report.Add(figure, limit, (captured, RatioOf(ours)), (handWritten, byHand.Count > 0 ? RatioOf(byHand) : ""));
        report.Add("the same through MassTransit", "", (captured, RatioOf(bus)));

        string RatioOf(List<double> rates) => Report.Ratio(Median.Of(rates.Skip(1)), reference);
    }

    /// <summary>The log cannot be filled by a copy, so that saves of a size do it.</summary>
    private async Task CompareLogAsync(CapturedSide side, int rowsOfSave, bool routed, string limit)
    {
        List<double> raw = [], ours = [], server = [];
        for (var round = -1; round < settings.Rounds; round++)
        {
            raw.Add(await RawRateAsync(_logged, routed));
            await database.ClearAsync();
            for (var saved = 0; saved < _logged; saved += rowsOfSave)
                await side.SaveAsync(rowsOfSave, () => new GuidRow());
            var before = ServerCpu.Now;
            ours.Add(await DrainRateAsync(side.Database, DeliveryMode.Wal, Drain.RabbitMq, _logged, routed));
            server.Add((ServerCpu.Now - before) / _logged);
        }

        var reference = Median.Of(raw.Skip(1));
        report.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"drain of {_logged}, saved {rowsOfSave} at a time, to {(routed ? "a" : "no")} queue, " +
                $"against the raw client's {reference:F0} a second"),
            limit,
            (side, Report.Ratio(Median.Of(ours.Skip(1)), reference)));
        report.Add(
            "CPU of the database for an event of those: µs",
            "",
            (side, Median.Of(server.Skip(1)).ToString("F1", CultureInfo.InvariantCulture)));
    }

    private async Task<double> RawRateAsync(int events, bool routed)
    {
        await _queue.RecreateQueueAsync(routed);
        var milliseconds = await Median.MillisecondsAsync(
            () => new RawPublisher(settings.RabbitMq).PublishAsync(Backlog.Exchange, "guid_row__created", events));
        await CheckArrivedAsync(events, routed);
        return events / milliseconds * 1000;
    }

    private async Task<double> TableRateAsync(Drain publisher, int events, bool routed)
    {
        await _queue.FillAsync(events);
        return await DrainRateAsync(database, DeliveryMode.Outbox, publisher, events, routed);
    }

    private async Task<double> DrainRateAsync(
        BenchmarkDatabase from, DeliveryMode delivery, Drain publisher, int events, bool routed)
    {
        await _queue.RecreateQueueAsync(routed);
        using var draining = new Draining(from, settings, delivery, publisher, events);
        var rate = await draining.RunAsync(() => _megabytes.Add(Environment.WorkingSet / 1048576.0));
        await CheckArrivedAsync(events, routed);
        return rate;
    }

    private async Task<double> PolledRateAsync()
    {
        await handWritten.FillAsync(Short);
        return await TopRateAsync(handWritten);
    }

    private async Task CheckArrivedAsync(int events, bool routed)
    {
        var arrived = await _queue.DeleteQueueAsync();
        if (arrived != (routed ? events : 0))
            throw new InvalidOperationException($"{arrived} messages arrived instead of {events}.");
    }

    /// <summary>The rate of the first events, however many more wait.</summary>
    private async Task<double> TopRateAsync(Side side)
    {
        await _queue.RecreateQueueAsync();
        var milliseconds = await Median.MillisecondsAsync(async () =>
        {
            await side.StartAsync();
            await _queue.WaitForAsync(Short);
        });
        await side.StopAsync();
        await _queue.DeleteQueueAsync();
        return Short / milliseconds * 1000;
    }
}
