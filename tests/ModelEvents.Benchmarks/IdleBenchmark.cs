using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ModelEvents.Benchmarks;

/// <summary>
/// What processes that have nothing to publish ask of their database. They run when nothing else does: those that read the log
/// read what others write to it, too.
/// </summary>
internal sealed class IdleBenchmark : IAsyncDisposable
{
    // Looks come closer together after the start; by then they are as rare as they get.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    private readonly StatementCounter _statements = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly BenchmarkDatabase _database;
    private readonly BenchmarkSettings _settings;
    private readonly CapturedSide _side;
    private readonly NpgsqlDataSource _source;
    private readonly List<IHost> _processes = [];

    private IdleBenchmark(BenchmarkDatabase database, BenchmarkSettings settings, CapturedSide side)
    {
        (_database, _settings, _side) = (database, settings, side);
        _source = new NpgsqlDataSourceBuilder(database.ConnectionString)
            .UseLoggerFactory(LoggerFactory.Create(log => log.AddProvider(_statements)))
            .Build();
    }

    /// <summary>One process alone and two beside each other, of each side.</summary>
    public static async Task RunAsync(BenchmarkSettings settings, Report report, params CapturedSide[] sides)
    {
        List<IdleBenchmark> all = [];
        foreach (var processes in new[] { 1, 2 })
        {
            foreach (var side in sides)
            {
                all.Add(new IdleBenchmark(await BenchmarkDatabase.CreateAsync(settings.Postgres), settings, side));
                for (var process = 0; process < processes; process++)
                    await all[^1].StartProcessAsync();
            }
        }

        foreach (var processes in all)
        {
            await using (processes)
                await processes.ReportAsync(report);
        }
    }

    private async Task ReportAsync(Report report)
    {
        var window = TimeSpan.FromSeconds(_settings.Quick ? 30 : 120);
        var left = Settling + window - Stopwatch.GetElapsedTime(_started);
        if (left > TimeSpan.Zero)
            await Task.Delay(left);

        var from = _started + (long)(Settling.TotalSeconds * Stopwatch.Frequency);
        var perMinute = _statements.Since(from) / Stopwatch.GetElapsedTime(from).TotalMinutes / _processes.Count;
        report.Add(
            _processes.Count == 1 ? "statements a minute when idle" : $"the same of each of {_processes.Count} processes",
            _side.Delivery == DeliveryMode.Wal ? "0" : "<= 6",
            (_side, perMinute.ToString("F1", CultureInfo.InvariantCulture)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.StopAsync();
            process.Dispose();
        }

        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Task StartProcessAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        foreach (var service in _database.CaptureServices(
            options =>
            {
                options.Dispatcher.Enabled = true;
                options.Delivery = _side.Delivery;
                options.Broker.Uri = _settings.RabbitMq.ToString();
            },
            _source))
            builder.Services.Add(service);
        new ModelEventsBuilder(builder.Services).PublishToRabbitMq();
        _processes.Add(builder.Build());
        return _processes[^1].StartAsync();
    }
}
