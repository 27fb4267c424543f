using Microsoft.Extensions.Hosting;

namespace Shop.Run;

/// <summary>Tells every few seconds how far a long run is.</summary>
internal sealed class ProgressReport(Counter counter, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var counts = await counter.CountAsync(stoppingToken);
            await Console.Error.WriteLineAsync(
                $"... {counts.Changes} changes committed, {counts.Published} events published, "
                + $"{counts.Consumed} consumed, {counts.Waiting} waiting");
        }
    }
}
