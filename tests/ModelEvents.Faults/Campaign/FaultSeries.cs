using ModelEvents.Faults.Checking;
using ModelEvents.Faults.Faulting;
using ModelEvents.Faults.Lines;

namespace ModelEvents.Faults.Campaign;

/// <summary>Strikes the faults of one side one after the other, each of them before any strikes again.</summary>
internal sealed class FaultSeries(
    IReadOnlyList<Fault> faults, FaultScene scene, IReadOnlyList<Line> lines, TextWriter log)
{
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(60);

    private readonly List<StruckFault> _struck = [];
    private readonly Dictionary<string, string> _notStruck = [];

    public IReadOnlyList<StruckFault> Struck => _struck;

    public IReadOnlyDictionary<string, string> NotStruck => _notStruck;

    /// <summary>The fault that goes on now.</summary>
    public string? Current { get; private set; }

    /// <summary>Returns when the time is over and the last fault has ended.</summary>
    public async Task RunAsync(double end, CancellationToken cancellationToken)
    {
        while (true)
        {
            var able = faults.Where(IsAble).ToArray();
            if (able.Length == 0)
                return;

            scene.Random.Shuffle(able);
            foreach (var fault in able)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 + 3 * scene.Random.NextDouble()), cancellationToken);
                if (Clock.Now >= end)
                    return;
                await StrikeAsync(fault, cancellationToken);
            }
        }
    }

    private bool IsAble(Fault fault)
    {
        if (fault.WhyNot(scene) is not { } reason)
            return true;

        if (_notStruck.TryAdd(fault.Name, reason))
            Say(fault, $"not struck: {reason}");
        return false;
    }

    private async Task StrikeAsync(Fault fault, CancellationToken cancellationToken)
    {
        var begin = Clock.Now;
        Current = fault.Name;
        Say(fault, "begins");
        string? error = null;
        try
        {
            await fault.StrikeAsync(scene, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            error = exception.ToString();
        }

        await StartWorkersAsync(fault);
        var struck = new StruckFault(fault, begin, Clock.Now, error);
        Current = null;
        _struck.Add(struck);
        Say(fault, $"ended after {struck.End - begin:0.0} s {error}");
        await Task.WhenAll(lines.Select(line => MeasureAsync(struck, line, cancellationToken)));
    }

    private Task StartWorkersAsync(Fault fault) => fault.Side == FaultSide.Worker
        ? Task.WhenAll(scene.Workers.Where(worker => !worker.Runs).Select(worker => worker.StartAsync()))
        : Task.CompletedTask;

    private async Task MeasureAsync(StruckFault struck, Line line, CancellationToken cancellationToken)
    {
        var first = Task.WhenAny(line.Arrivals.Select(arrivals => arrivals.FirstSavedAfter(struck.End)));
        double? arrival = null;
        try
        {
            arrival = await (await first.WaitAsync(LongestRecovery, cancellationToken));
        }
        catch (TimeoutException)
        {
            Say(struck.Fault, $"for a minute after its end nothing that was saved after it has arrived on {line.Name}");
        }

        lock (struck.Arrivals)
            struck.Arrivals[line.Name] = arrival;
    }

    private void Say(Fault fault, string text) => log.WriteLine($"{Clock.Text(Clock.Now)} {fault.Name}: {text}");
}
