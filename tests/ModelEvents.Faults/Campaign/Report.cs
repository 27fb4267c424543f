using ModelEvents.Faults.Checking;
using ModelEvents.Faults.Lines;

namespace ModelEvents.Faults.Campaign;

/// <summary>Checks every queue and tells what came of the campaign.</summary>
internal sealed class Report(
    CampaignPlan plan,
    IReadOnlyList<Line> lines,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, Truth>> truths,
    IReadOnlyList<FaultSeries> series,
    TextWriter output)
{
    private const int MostPrinted = 10;
    private const int SelfTested = 2000;

    private readonly List<StruckFault> _struck = [.. series.SelectMany(one => one.Struck).OrderBy(one => one.Begin)];

    /// <summary>Returns the exit code.</summary>
    public async Task<int> WriteAsync()
    {
        var events = 0;
        var violations = 0;
        await using var file = new StreamWriter(Path.Combine(plan.StateFolder, "violations.txt"));
        foreach (var line in lines)
        {
            foreach (var arrivals in line.Arrivals)
            {
                var check = new QueueCheck(arrivals.Queue, truths[line.Name]).Run(Events(arrivals));
                var judged = Judge(line, check, out var notJudged);
                events += check.Events;
                violations += judged.Count;
                output.WriteLine(Summary(arrivals, check, judged, notJudged, truths[line.Name].Count));
                await TellAsync(line, judged, file);
            }

            TellEnds(line);
        }

        TellFaults();
        var blind = TellSelfTest();
        var broken = _struck.Count(one => one.Error is not null);
        if (broken > 0)
            output.WriteLine($"{broken} faults did not go as they should; campaign.log tells of them");
        output.WriteLine($"seed {plan.Seed}: {events} events, {violations} violations");
        return violations == 0 && broken == 0 && !blind && events > 0 ? 0 : 1;
    }

    private static IEnumerable<Delivery> Events(Arrivals arrivals) =>
        Delivery.Read(arrivals.File).Where(delivery => delivery.Id != Invention.Id);

    private static string Summary(
        Arrivals arrivals,
        QueueCheck check,
        IReadOnlyList<Violation> judged,
        IReadOnlyDictionary<string, int> notJudged,
        int truths)
    {
        var kinds = Enum.GetValues<ViolationKind>().Select(kind => $"{kind} {judged.Count(one => one.Kind == kind)}");
        var told = notJudged.Select(one => $"; not judged: {one.Value} {one.Key}");
        return $"{arrivals.Queue}: {truths} saved, {check.Events} delivered, {check.Repeats} again;"
            + $" {string.Join(", ", kinds)}{string.Concat(told)}";
    }

    private List<Violation> Judge(Line line, QueueCheck check, out IReadOnlyDictionary<string, int> notJudged)
    {
        var limits = new Limits(line, _struck);
        var judged = new List<Violation>();
        var spared = new Dictionary<string, int>();
        foreach (var violation in check.Violations)
        {
            if (limits.WhyNotJudged(violation) is { } reason)
                spared[$"{violation.Kind}: {reason}"] = spared.GetValueOrDefault($"{violation.Kind}: {reason}") + 1;
            else
                judged.Add(violation);
        }

        if (check.LookedLate > 0)
            spared["for Early: the database did not answer when they came"] = check.LookedLate;
        notJudged = spared;
        return judged;
    }

    private async Task TellAsync(Line line, List<Violation> violations, TextWriter file)
    {
        for (var index = 0; index < violations.Count; index++)
        {
            var violation = violations[index];
            var faults = _struck.Where(one => one.Begin - 2 <= violation.At && violation.At <= one.End + 10)
                .Select(one => $"{one.Fault.Name} {Clock.Text(one.Begin)} to {Clock.Text(one.End)}");
            var text = $"{violation.Kind} on {violation.Queue}, seed {plan.Seed}: {violation.Text}\n"
                + $"    faults around it: {string.Join(", ", faults)}";
            await file.WriteLineAsync(text);
            foreach (var said in WorkerLogs.Around(line.Folder, violation.At))
                await file.WriteLineAsync($"    {said}");
            if (index < MostPrinted)
                output.WriteLine(text);
        }
    }

    /// <summary>Returns whether the checks have overlooked what was falsified in one of the queues.</summary>
    private bool TellSelfTest()
    {
        var overlooked = false;
        foreach (var line in lines)
        {
            foreach (var arrivals in line.Arrivals.Where(one => !Invention.WasNotedIn(Delivery.Read(one.File))))
            {
                output.WriteLine($"self test: the consumer of {arrivals.Queue} took an invented event for a true one");
                overlooked = true;
            }

            Delivery[] deliveries = [.. Events(line.Arrivals[0]).Take(SelfTested)];
            var keys = deliveries.Select(delivery => delivery.Key).ToHashSet();
            var known = truths[line.Name].Where(truth => keys.Contains(truth.Key)).ToDictionary();
            foreach (var (falsified, result) in new SelfTest(known, deliveries).Run().Where(one => one.Value != ""))
            {
                output.WriteLine($"self test on {line.Name}: '{falsified}': {result ?? "could not be tried: too few deliveries"}");
                overlooked = true;
            }
        }

        if (!overlooked)
            output.WriteLine("self test: what was falsified in the deliveries was found, on each line");
        return overlooked;
    }

    private void TellEnds(Line line)
    {
        foreach (var worker in line.Workers.Where(worker => worker.OwnEnds + worker.HungStops > 0))
            output.WriteLine($"{worker.Name}: ended by itself {worker.OwnEnds} times, did not stop {worker.HungStops} times");
    }

    private void TellFaults()
    {
        foreach (var (name, reason) in series.SelectMany(one => one.NotStruck))
            output.WriteLine($"fault {name}: not struck: {reason}");
        foreach (var fault in _struck.GroupBy(one => one.Fault.Name).OrderBy(one => one.Key))
        {
            var recoveries = new Recoveries(_struck);
            foreach (var struck in fault)
                recoveries.Add(struck);
            output.WriteLine($"fault {fault.Key}: {fault.Count()} times; {recoveries}");
            foreach (var slow in recoveries.Slow)
                output.WriteLine($"    slow: {slow.Text(lines.Single(line => line.Name == slow.Line).Folder)}");
        }
    }
}
