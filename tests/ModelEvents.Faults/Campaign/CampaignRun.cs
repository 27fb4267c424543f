using ModelEvents.Faults.Checking;
using ModelEvents.Faults.Faulting;
using ModelEvents.Faults.Lines;
using ModelEvents.Faults.Servers;

namespace ModelEvents.Faults.Campaign;

/// <summary>The whole of a campaign: starts all, lets faults strike while the lines write, and checks what came.</summary>
internal sealed class CampaignRun(CampaignPlan plan, TextWriter output)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var log = TextWriter.Synchronized(
            new StreamWriter(Path.Combine(plan.StateFolder, "campaign.log")) { AutoFlush = true });
        output.WriteLine($"seed {plan.Seed}, state in {plan.StateFolder}");
        await using var servers = await Surroundings.StartAsync(
            plan.StateFolder,
            plan.Faults.Any(fault => fault.NeedsStandby),
            plan.Faults.Select(fault => fault.BrokerNodes).DefaultIfEmpty(1).Max(),
            log,
            cancellationToken);
        output.WriteLine("servers run");
        var lines = new List<Line>();
        try
        {
            foreach (var mode in plan.Modes)
            {
                foreach (var publisher in plan.Publishers)
                    lines.Add(await Line.StartAsync(servers, mode, publisher, plan, cancellationToken));
            }

            return await RunAsync(servers, lines, log, cancellationToken);
        }
        finally
        {
            await Task.WhenAll(lines.Select(line => line.DisposeAsync().AsTask()));
        }
    }

    private async Task<int> RunAsync(
        Surroundings servers, IReadOnlyList<Line> lines, TextWriter log, CancellationToken cancellationToken)
    {
        using var following = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var followers = lines.SelectMany(line => line.Arrivals).Select(one => one.FollowAsync(following.Token)).ToList();
        foreach (var line in lines)
            line.StartWriting();
        await FirstArrivalsAsync(lines, cancellationToken);
        var series = Enum.GetValues<FaultSide>().Select(side => Series(side, servers, lines, log)).ToArray();
        var background = new[] { LookAfterAsync(lines, following.Token), TellProgressAsync(series, lines, following.Token) };

        var end = Clock.Now + plan.Duration.TotalSeconds;
        await Task.WhenAll(series.Select(one => one.RunAsync(end, cancellationToken)));
        await Delay.UntilAsync(end, cancellationToken);

        output.WriteLine("the faults are over; waiting for what is on its way");
        var truths = await Quiet.WaitAsync(lines, cancellationToken);
        await Task.Delay(Settling, cancellationToken);
        await Invention.SendAsync(
            servers.Broker.DirectUri, [.. lines.SelectMany(line => line.Arrivals)], cancellationToken);
        await following.CancelAsync();
        await Task.WhenAll([.. followers, .. background]);
        return await new Report(plan, lines, truths, series, output).WriteAsync();
    }

    private FaultSeries Series(FaultSide side, Surroundings servers, IReadOnlyList<Line> lines, TextWriter log)
    {
        var random = new Random(plan.Seed * 2 + (int)side);
        var scene = new FaultScene(
            servers, [.. lines.SelectMany(line => line.Workers)], [.. lines.Select(line => line.Queues)], random, log);
        return new FaultSeries(
            [.. plan.Faults.Where(fault => fault.Side == side)],
            scene,
            lines,
            new TwoWriters(output, log));
    }

    private static async Task FirstArrivalsAsync(IReadOnlyList<Line> lines, CancellationToken cancellationToken)
    {
        var first = lines.SelectMany(line => line.Arrivals).Select(arrivals => arrivals.FirstSavedAfter(0));
        await Task.WhenAll(first).WaitAsync(Patience, cancellationToken);
    }

    private static async Task LookAfterAsync(IReadOnlyList<Line> lines, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var worker in lines.SelectMany(line => line.Workers))
                await worker.LookAfterAsync();
            await Task.Delay(LookInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellProgressAsync(
        IReadOnlyList<FaultSeries> series, IReadOnlyList<Line> lines, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = string.Join(" and ", series.Select(one => one.Current).OfType<string>());
            var arrivals = lines.Select(line => $"{line.Name} {string.Join('/', line.Arrivals.Select(one => one.Count))}");
            output.WriteLine(
                $"{Clock.Text(Clock.Now)} {series.Sum(one => one.Struck.Count)} faults{(now.Length > 0 ? $", now {now}" : "")};"
                + $" delivered: {string.Join(", ", arrivals)}");
            await Task.Delay(ProgressInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
