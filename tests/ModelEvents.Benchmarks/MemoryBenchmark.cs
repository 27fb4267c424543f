namespace ModelEvents.Benchmarks;

/// <summary>Whether memory stays flat while a long backlog drains.</summary>
internal sealed class MemoryBenchmark(BenchmarkDatabase database, BenchmarkSettings settings)
{
    private const int Events = 200_000;

    public async Task RunAsync()
    {
        var backlog = new Backlog(database, settings);
        await backlog.FillAsync(Events);
        await backlog.RecreateQueueAsync();
        using var draining = new Draining(database, settings, Drain.RabbitMq);
        List<double> megabytes = [];
        await draining.RunAsync(Events, () => megabytes.Add(Environment.WorkingSet / 1048576.0));
        await draining.StopAsync();
        await backlog.DeleteQueueAsync();

        Console.WriteLine($"memory: working set in MB at tenths of draining {Events} events");
        var tenths = Enumerable.Range(0, 10).Select(tenth => megabytes[tenth * megabytes.Count / 10]);
        Console.WriteLine(string.Join("  ", tenths.Select(value => $"{value:F0}")));
    }
}
