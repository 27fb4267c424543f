using System.Diagnostics;
using System.Text;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>A program that a test starts, and that ends with the test.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(_lines, line.Data);
        process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public IReadOnlyList<string> Lines => Copy(_lines);

    /// <summary>Processor time that it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static ChildProcess Start(string program, params IEnumerable<string> arguments) =>
        Start(new ProcessStartInfo(program, arguments)
        {
            // Python's output is in the system's encoding otherwise.
            Environment = { ["PYTHONUTF8"] = "1" },
        });

    public static ChildProcess Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it has printed enough; fails with what it said when it ends before.</summary>
    public Task WaitForAsync(Func<IReadOnlyList<string>, bool> condition) =>
        WaitForAsync(() => Task.FromResult(condition(Lines)));

    /// <summary>Waits for what it does elsewhere.</summary>
    public Task WaitForAsync(Func<Task<bool>> condition) =>
        Eventually.TrueAsync(
            async () =>
            {
                var hasEnded = _process.HasExited;
                var isMet = await condition();
                Assert.True(isMet || !hasEnded, $"The program has ended. {Said()}");
                return isMet;
            },
            Said,
            Patience);

    /// <summary>Waits for its end, which must be a good one, and returns what it printed.</summary>
    public async Task<string> ReadToEndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(_process.ExitCode == 0, $"Exit code {_process.ExitCode}. {Said()}");
        return string.Join('\n', Lines);
    }

    /// <summary>Asks it to end (SIGTERM), which it must do well.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await ReadToEndAsync();
    }

    /// <summary>Sends it a signal.</summary>
    public async Task SignalAsync(string name)
    {
        using var signal = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it between any two of its instructions.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static void Add(List<string> lines, string? line)
    {
        if (line is null)
            return;

        lock (lines)
            lines.Add(line);
    }

    private static string[] Copy(List<string> lines)
    {
        lock (lines)
            return [.. lines];
    }

    private string Said() => string.Join(Environment.NewLine, Copy(_errors).Concat(Lines));
}
