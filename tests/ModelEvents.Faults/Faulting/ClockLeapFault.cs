namespace ModelEvents.Faults.Faulting;

/// <summary>The clock of one worker is wrong for a while.</summary>
internal sealed class ClockLeapFault(TimeSpan shortest, TimeSpan longest) : Fault
{
    public override string Name => "clock-leap";

    public override string Summary => "the clock of a worker leaps by minutes to hours, forward or back, and returns";

    public override FaultSide Side => FaultSide.Worker;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var (worker, leap) = (scene.Workers[scene.Random.Next(scene.Workers.Count)], Leap(scene.Random));
        var duration = Between(scene.Random, 1, 10);
        try
        {
            await worker.LeapClockAsync(leap);
            await scene.Log.WriteLineAsync($"{Name}: {worker.Name} by {leap} for {duration.TotalSeconds:0.0} s");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await worker.LeapClockAsync(TimeSpan.Zero);
        }
    }

    private TimeSpan Leap(Random random)
    {
        var size = shortest + ((longest - shortest) * random.NextDouble());
        return random.Next(2) == 0 ? size : -size;
    }
}
