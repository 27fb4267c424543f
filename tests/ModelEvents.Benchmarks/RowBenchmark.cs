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
        LogRow inserted = new(plan, ChangeAction.Created, null, after, false, 0);
        LogRow updated = new(plan, ChangeAction.Updated, before, after, true, 0);
        LogRow deleted = new(plan, ChangeAction.Deleted, before, null, true, 0);

        // Once for the compiler, which takes its time over code that runs often.
        foreach (var row in (LogRow[])[inserted, updated, deleted])
            await MeasureAsync(capture, row);
        Add("inserted", await MeasureAsync(capture, inserted));
        Add("updated", await MeasureAsync(capture, updated));
        Add("deleted", await MeasureAsync(capture, deleted));
    }

    private async Task<(double Microseconds, long Bytes)> MeasureAsync(IRowCapture capture, LogRow row)
    {
        LogRow[] rows = [.. Enumerable.Range(0, RowsInPiece).Select(index => row with { Position = index * 8 })];
        var transaction = new LogTransaction(1, DateTimeOffset.UnixEpoch, null);
        var times = new List<double>();
        var allocated = 0L;
        for (var sample = 0; sample < 100 * settings.Rounds; sample++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            await capture.CaptureAsync(rows, transaction, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / RowsInPiece);
            allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / RowsInPiece;
        }

        return (Median.Of(times), allocated);
    }

    private void Add(string what, (double Microseconds, long Bytes) cost) => report.Add(
        $"a row of 6 columns that was {what}, made an event: µs, and bytes allocated",
        "< 10",
        (side, string.Create(CultureInfo.InvariantCulture, $"{cost.Microseconds:F2}, {cost.Bytes}")));

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
