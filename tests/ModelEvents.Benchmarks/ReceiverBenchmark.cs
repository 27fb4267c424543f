using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>What receivers cost a save that publishes, against the same save without any.</summary>
internal sealed class ReceiverBenchmark(
    BenchmarkDatabase database, BenchmarkSettings settings, CapturedSide without, Report report)
{
    private const int Samples = 150;

    public async Task RunAsync()
    {
        await using var ofAnother = NewSide(receivers => receivers.AfterSave<IdentityRow>(Nothing));
        await using var before = NewSide(receivers => receivers.BeforeSave<GuidRow>(Nothing));
        await using var after = NewSide(receivers => receivers.AfterSave<GuidRow>(Nothing));
        CapturedSide[] sides = [without, ofAnother, before, after];

        await MeasureAsync(sides, rows: 1, settings.Quick ? 300 : 2000);
        foreach (var rows in new[] { 1, 10, 100 })
        {
            var medians = await MeasureAsync(sides, rows, Samples * settings.Rounds);
            Add(rows, "of another model", medians[1] / medians[0]);
            Add(rows, "before it", medians[2] / medians[0]);
            Add(rows, "after it", medians[3] / medians[0]);
        }
    }

    private CapturedSide NewSide(Action<IModelReceivers> connect)
    {
        var side = new CapturedSide(database, settings, without.Delivery);
        connect(side.Receivers);
        return side;
    }

    /// <summary>Medians in the order of the sides, which alternate.</summary>
    private async Task<double[]> MeasureAsync(CapturedSide[] sides, int rows, int samples)
    {
        var times = Array.ConvertAll(sides, _ => new List<double>());
        for (var sample = 0; sample < samples; sample++)
        {
            for (var turn = 0; turn < sides.Length; turn++)
            {
                var index = (turn + sample) % sides.Length;
                times[index].Add((await sides[index].SaveAsync(rows, () => new GuidRow())).Milliseconds);
            }
        }

        await database.ClearAsync();
        return Array.ConvertAll(times, Median.Of);
    }

    private void Add(int rows, string receiver, double ratio) => report.Add(
        string.Create(
            CultureInfo.InvariantCulture,
            $"time of a save of {rows} row{(rows > 1 ? "s" : "")} with a receiver {receiver}, against none"),
        "",
        (without, Report.Ratio(ratio, 1)));

    private static Task Nothing(object model, SaveContext save, CancellationToken cancellationToken) => Task.CompletedTask;
}
