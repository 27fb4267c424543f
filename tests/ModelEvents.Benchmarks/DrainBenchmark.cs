namespace ModelEvents.Benchmarks;

/// <summary>How fast a backlog gets onto a routed queue, against the raw client.</summary>
internal sealed class DrainBenchmark(BenchmarkDatabase database, BenchmarkSettings settings)
{
    public async Task RunAsync()
    {
        var backlog = new Backlog(database, settings);
        List<double> raw = [], drained = [];
        Console.WriteLine($"drain: {settings.Events} events to one queue, messages/s, alternating");
        for (var round = -1; round < settings.Rounds; round++)
        {
            var rawRate = await RawAsync(backlog);
            var drainRate = await DrainAsync(backlog);
            Console.WriteLine($"{(round < 0 ? "warm-up" : $"round {round}"),-10}raw {rawRate,8:F0}   drain {drainRate,8:F0}");
            if (round < 0)
                continue;

            raw.Add(rawRate);
            drained.Add(drainRate);
        }

        Console.WriteLine(
            $"median    raw {Median.Of(raw),8:F0}   MassTransit {Median.Of(drained),8:F0}   "
            + $"ratio {Median.Of(drained) / Median.Of(raw):F2}");
    }

    private async Task<double> RawAsync(Backlog backlog)
    {
        await backlog.RecreateQueueAsync();
        var milliseconds = await Median.MillisecondsAsync(
            () => new RawPublisher(settings.RabbitMq).PublishAsync(Backlog.Exchange, "guid_row__created", settings.Events));
        await backlog.DeleteQueueAsync();
        return settings.Events / milliseconds * 1000;
    }

    private async Task<double> DrainAsync(Backlog backlog)
    {
        await backlog.FillAsync(settings.Events);
        await backlog.RecreateQueueAsync();
        using var publishing = new Draining(database, settings);
        var milliseconds = await Median.MillisecondsAsync(() => publishing.RunAsync());
        await publishing.StopAsync();

        var arrived = await backlog.DeleteQueueAsync();
        return arrived == settings.Events
            ? settings.Events / milliseconds * 1000
            : throw new InvalidOperationException($"{arrived} messages arrived instead of {settings.Events}.");
    }
}
