using System.Diagnostics;
using System.Globalization;

namespace ModelEvents.Faults.Lines;

/// <summary>A child process whose output goes to a file, each line with the true time.</summary>
internal sealed class LoggedProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private LoggedProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool Runs => !_process.HasExited;

    public static LoggedProcess Start(ProcessStartInfo start, TextWriter log)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Write(log, line.Data);
        process.ErrorDataReceived += (_, line) => Write(log, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new LoggedProcess(process);
    }

    public async Task SignalAsync(string name)
    {
        if (!Runs)
            return;

        using var signal = Process.Start(new ProcessStartInfo("kill", ["-s", name, $"{Id}"]) { RedirectStandardError = true })!;
        await signal.WaitForExitAsync();
    }

    public async Task KillAsync()
    {
        if (Runs)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Returns whether it ended by itself within a minute; else it is killed.</summary>
    public async Task<bool> StopAsync()
    {
        await SignalAsync("TERM");
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
            return true;
        }
        catch (TimeoutException)
        {
            await KillAsync();
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static void Write(TextWriter log, string? line)
    {
        if (line is not null)
            log.WriteLine($"{TimeProvider.System.GetUtcNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {line}");
    }
}
