using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>A dispatching process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private WorkerProcess(ChildProcess process) => _process = process;

    /// <summary>Processor time that it has used so far.</summary>
    public TimeSpan ProcessorTime => _process.ProcessorTime;

    public static WorkerProcess Start(
        string database,
        Uri broker,
        string service,
        DeliveryMode delivery,
        WorkerPublisher publisher,
        CaptureSource capture,
        WorkerHandler handler,
        bool isPortable,
        TimeSpan pollInterval) =>
        new(ChildProcess.Start(
            "dotnet",
            typeof(Parcel).Assembly.Location,
            database,
            broker.ToString(),
            service,
            $"{delivery}",
            $"{publisher}",
            $"{capture}",
            $"{handler}",
            $"{isPortable}",
            $"{pollInterval:c}"));

    /// <summary>The ids of the events that its handler has handled so far, as often as it has.</summary>
    public IReadOnlyList<string> Handled =>
        [.. _process.Lines.Where(line => line.StartsWith("handled ", StringComparison.Ordinal)).Select(line => line[8..])];

    /// <summary>What it has logged last, for whoever looks into a failure.</summary>
    public IEnumerable<string> LastLines => _process.Lines.TakeLast(60);

    /// <summary>Waits until its host runs.</summary>
    public Task StartedAsync() => LoggedAsync("Application started");

    /// <summary>Waits until it logs a text <paramref name="times"/> times.</summary>
    public Task LoggedAsync(string text, int times = 1) => _process.WaitForAsync(_ => Count(text) >= times);

    /// <summary>How often it has logged a text so far.</summary>
    public int Count(string text) => _process.Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Ends it between any two of its instructions.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Lets it stand still, as a machine does that is moved, or out of memory.</summary>
    public Task SuspendAsync() => _process.SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync() => _process.SignalAsync("CONT");

    /// <summary>Asks it to stop, as a service manager does, and waits until it has.</summary>
    public Task StopAsync() => _process.StopAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
