using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ModelEvents.Faults.Lines;

/// <summary>Saves at random. What was committed the database alone knows: any exception is expected here.</summary>
internal sealed class Writer(IServiceScopeFactory scopes, LineSettings settings) : BackgroundService
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);
    private static readonly Lock Console = new();

    private readonly Random _random = new(settings.Seed);
    private readonly Dictionary<string, int> _failures = [];
    private long _reported = TimeProvider.System.GetTimestamp();
    private int _done;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!File.Exists(settings.StopFile))
                await SaveAsync();
            Report();
            await Task.Delay(Pause(), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SaveAsync()
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await new SaveShapes(scope.ServiceProvider, _random).RunAsync();
            _done++;
        }
        catch (Exception exception)
        {
            var root = exception.GetBaseException();
            var name = $"{exception.GetType().Name}/{root.GetType().Name}: {root.Message.Split('\n')[0]}";
            _failures[name] = _failures.GetValueOrDefault(name) + 1;
        }
    }

    private TimeSpan Pause() => TimeSpan.FromSeconds((0.5 + _random.NextDouble()) / settings.SavesPerSecond);

    private void Report()
    {
        if (TimeProvider.System.GetElapsedTime(_reported) < ReportInterval)
            return;

        _reported = TimeProvider.System.GetTimestamp();
        lock (Console)
        {
            System.Console.WriteLine($"writer: {_done} saves");
            foreach (var (failure, count) in _failures)
                System.Console.WriteLine($"writer: {count} times {failure}");
        }

        _done = 0;
        _failures.Clear();
    }
}
