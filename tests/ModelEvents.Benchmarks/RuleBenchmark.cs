using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>What rules that a save does not meet cost it.</summary>
internal sealed class RuleBenchmark(BenchmarkSettings settings, Side side, Report report)
{
    private const int Rules = 1000;

    public async Task RunAsync()
    {
        IRuleVariant[] all =
        [
            new RuleVariant<NoRules>(settings.Postgres),
            new RuleVariant<RulesMapped>(settings.Postgres),
            new RuleVariant<RulesActive>(settings.Postgres),
        ];
        foreach (var variant in all)
            await variant.CreateAsync(variant == all[^1] ? Rules : 0);

        var medians = await MeasureAsync(all);
        foreach (var variant in all)
            await variant.DisposeAsync();
        Add("time of a save of 1 row with rules mapped and none registered, against one that knows no rules", "1.00",
            Report.Ratio(medians[1], medians[0]));
        Add($"what {Rules} active rules on its model, none met, add to a save of 1 row of {Number(medians[0], "F2")} ms: µs",
            "< 20", Number((medians[2] - medians[0]) * 1000, "F1"));
    }

    private async Task<double[]> MeasureAsync(IRuleVariant[] all)
    {
        var times = Array.ConvertAll(all, _ => new List<double>());
        for (var sample = settings.Quick ? -500 : -4000; sample < (settings.Quick ? 200 : 1000) * settings.Rounds; sample++)
        {
            for (var turn = 0; turn < all.Length; turn++)
            {
                var index = (turn + Math.Abs(sample)) % all.Length;
                var milliseconds = await all[index].SaveAsync();
                if (sample >= 0)
                    times[index].Add(milliseconds);
            }
        }

        return Array.ConvertAll(times, Median.Of);
    }

    private void Add(string figure, string limit, string value) => report.Add(figure, limit, (side, value));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
