namespace ModelEvents.Benchmarks;

/// <summary>How fast a backlog gets onto the broker through each publisher, against the raw client.</summary>
internal sealed class DrainBenchmark(BenchmarkDatabase database, BenchmarkSettings settings)
{
    private static readonly Drain[] Drains = [Drain.RabbitMq, Drain.MassTransit];

    private readonly Backlog _backlog = new(database, settings);

    public async Task RunAsync()
    {
        await RunAsync(routed: true);
        await RunAsync(routed: false);
    }

    private async Task RunAsync(bool routed)
    {
        Console.WriteLine(
            $"drain: {settings.Events} events to {(routed ? "one queue" : "no queue")}, messages/s, alternating");
        Console.WriteLine($"{"",-10}{"raw",10}{string.Concat(Drains.Select(drain => $"{drain,14}"))}");
        List<double> raw = [];
        var drained = Array.ConvertAll(Drains, _ => new List<double>());
        for (var round = -1; round < settings.Rounds; round++)
        {
            var rawRate = await RawAsync(routed);
            var rates = new double[Drains.Length];
            for (var index = 0; index < Drains.Length; index++)
                rates[index] = await DrainAsync(Drains[index], routed);

            Print(round < 0 ? "warm-up" : $"round {round}", rawRate, rates);
            if (round < 0)
                continue;

            raw.Add(rawRate);
            for (var index = 0; index < Drains.Length; index++)
                drained[index].Add(rates[index]);
        }

        var medians = Array.ConvertAll(drained, rates => Median.Of(rates));
        Print("median", Median.Of(raw), medians);
        Console.WriteLine(
            $"{"ratio",-10}{"",10}{string.Concat(medians.Select(median => $"{median / Median.Of(raw),14:F2}"))}");
    }

    private static void Print(string label, double raw, double[] rates) =>
        Console.WriteLine($"{label,-10}{raw,10:F0}{string.Concat(rates.Select(rate => $"{rate,14:F0}"))}");

    private async Task<double> RawAsync(bool routed)
    {
        await _backlog.RecreateQueueAsync(routed);
        var milliseconds = await Median.MillisecondsAsync(
            () => new RawPublisher(settings.RabbitMq).PublishAsync(Backlog.Exchange, "guid_row__created", settings.Events));
        await _backlog.DeleteQueueAsync();
        return settings.Events / milliseconds * 1000;
    }

    private async Task<double> DrainAsync(Drain drain, bool routed)
    {
        await _backlog.FillAsync(settings.Events);
        await _backlog.RecreateQueueAsync(routed);
        using var publishing = new Draining(database, settings, drain);
        var milliseconds = await Median.MillisecondsAsync(() => publishing.RunAsync(settings.Events));
        await publishing.StopAsync();

        var arrived = await _backlog.DeleteQueueAsync();
        return arrived == (routed ? settings.Events : 0)
            ? settings.Events / milliseconds * 1000
            : throw new InvalidOperationException($"{arrived} messages arrived instead of {settings.Events}.");
    }
}
