using System.Diagnostics;

namespace ModelEvents.Faults.Servers;

/// <summary>A server that the campaign started, in a session of its own: Ctrl-C in the terminal does not reach it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool Runs => !_process.HasExited;

    /// <summary>Starts a program that writes to the end of a log file.</summary>
    public static ServerProcess Start(
        string logFile, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        // Each of these programs becomes the next one: the process keeps its id.
        var start = new ProcessStartInfo(
            "setsid", ["sh", "-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", logFile, .. command]);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new ServerProcess(Process.Start(start)!);
    }

    public async Task SignalAsync(string signal)
    {
        if (Runs)
            await Command.SignalAsync(signal, Id);
    }

    /// <summary>Ends it with a signal, and with SIGKILL when it takes too long.</summary>
    public async Task EndAsync(string signal, TimeSpan patience)
    {
        await SignalAsync(signal);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>Ends it and what it started in its session, between any two instructions.</summary>
    public async Task KillAsync()
    {
        if (Runs)
            await Command.SignalAsync("KILL", -Id);
        await _process.WaitForExitAsync();
    }

    public void Dispose() => _process.Dispose();
}
