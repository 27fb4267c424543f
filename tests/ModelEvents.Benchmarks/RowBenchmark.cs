using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.LogCapture;

namespace ModelEvents.Benchmarks;

/// <summary>What it costs to make events of rows of the log, without the log itself: processor time of one thread.</summary>
internal sealed class RowBenchmark(BenchmarkSettings settings, Side side, Report report)
{
    private const int RowsInPiece = 500;

    private static readonly LogTable Table = new(
        "public",
        nameof(BenchmarkContext.GuidRows),
        [.. ((string[])["Id", "Count", "Flag", "Name", "Text", "Total"]).Select(name => new LogColumn(name, false, 0))]);

    public async Task RunAsync()
    {
        await using var services = NewServices();
        var capture = services.GetRequiredKeyedService<IRowCapture>(typeof(BenchmarkContext));
        var plan = capture.Plan(Table)!;
        object?[] before = Values("before"), after = Values("after");
        await MeasureAsync("inserted", capture, new LogRow(plan, ChangeAction.Created, null, after, false, 0));
        await MeasureAsync("updated", capture, new LogRow(plan, ChangeAction.Updated, before, after, true, 0));
        await MeasureAsync("deleted", capture, new LogRow(plan, ChangeAction.Deleted, before, null, true, 0));
    }

    private async Task MeasureAsync(string what, IRowCapture capture, LogRow row)
    {
        LogRow[] rows = [.. Enumerable.Range(0, RowsInPiece).Select(index => row with { Position = index * 8 })];
        var transaction = new LogTransaction(1, DateTimeOffset.UnixEpoch, null);
        var times = new List<double>();
        var allocated = 0L;
        for (var sample = -200; sample < 100 * settings.Rounds; sample++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            await capture.CaptureAsync(rows, transaction, CancellationToken.None);
            if (sample >= 0)
                times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / RowsInPiece);
            allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / RowsInPiece;
        }

        report.Add(
            $"a row of 6 columns that was {what}, made an event: µs, and bytes allocated",
            "< 10",
            (side, string.Create(CultureInfo.InvariantCulture, $"{Median.Of(times):F2}, {allocated}")));
    }

    private static object?[] Values(string name) => [Guid.CreateVersion7(), 12, true, name, new GuidRow().Text, 1234.56m];

    private static ServiceProvider NewServices()
    {
        var services = new ServiceCollection();
        services.AddDbContext<BenchmarkContext>(options => options.UseNpgsql("Host=nowhere.invalid"));
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "benchmark";
                options.Dispatcher.Enabled = false;
                options.Capture = CaptureSource.Log;
                options.Model<GuidRow>();
            })
            .Capture<BenchmarkContext>().UsePostgreSqlWal();
        return services.BuildServiceProvider();
    }
}
