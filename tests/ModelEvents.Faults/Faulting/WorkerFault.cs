namespace ModelEvents.Faults.Faulting;

/// <summary>Something that happens to one worker.</summary>
internal sealed class WorkerFault(
    string name, string summary, Func<IWorkerProcess, Random, Task<string>> begin, Func<IWorkerProcess, Task> end, double longest)
    : Fault
{
    public override string Name => name;

    public override string Summary => summary;

    public override FaultSide Side => FaultSide.Worker;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        IWorkerProcess[] running = [.. scene.Workers.Where(worker => worker.Runs)];
        if (running.Length == 0)
            return;

        var worker = running[scene.Random.Next(running.Length)];
        var duration = Between(scene.Random, 0.5, longest);
        try
        {
            var what = await begin(worker, scene.Random);
            await scene.Log.WriteLineAsync($"{name}: {worker.Name} {what} for {duration.TotalSeconds:0.0} s");
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await end(worker);
        }
    }
}
