namespace ModelEvents.Faults.Faulting;

internal static class WorkerFaults
{
    private static readonly TimeSpan ShortestLeap = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLeap = TimeSpan.FromHours(6);

    public static IEnumerable<Fault> All { get; } =
    [
        new WorkerFault("worker-kill", "a worker is killed (SIGKILL) and started again", KillAsync, StartAsync, longest: 5),
        new WorkerFault("worker-stop", "a worker is stopped (SIGTERM) and started again", StopAsync, StartAsync, longest: 5),
        new WorkerFault(
            "worker-pause", "a worker stands still (SIGSTOP) for up to 20 s", PauseAsync, worker => worker.ResumeAsync(), longest: 20),
        new ClockLeapFault(ShortestLeap, LongestLeap),
    ];

    private static async Task<string> KillAsync(IWorkerProcess worker, Random random)
    {
        await worker.KillAsync();
        return "killed";
    }

    private static async Task<string> StopAsync(IWorkerProcess worker, Random random)
    {
        await worker.StopAsync();
        return "stopped";
    }

    private static async Task<string> PauseAsync(IWorkerProcess worker, Random random)
    {
        await worker.SuspendAsync();
        return "paused";
    }

    private static Task StartAsync(IWorkerProcess worker) => worker.Runs ? Task.CompletedTask : worker.StartAsync();
}
