namespace ModelEvents.Faults.Faulting;

/// <summary>A process that writes and dispatches, as faults see it.</summary>
internal interface IWorkerProcess
{
    string Name { get; }

    /// <summary>The name of the line it belongs to.</summary>
    string Line { get; }

    int Id { get; }

    bool Runs { get; }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    Task KillAsync();

    /// <summary>SIGTERM; returns when the process has ended.</summary>
    Task StopAsync();

    /// <summary>SIGSTOP.</summary>
    Task SuspendAsync();

    /// <summary>SIGCONT.</summary>
    Task ResumeAsync();

    Task StartAsync();

    /// <summary>Sets the process's clock off the true time by an offset; zero ends it.</summary>
    Task LeapClockAsync(TimeSpan offset);
}
