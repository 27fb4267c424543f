using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Wire;

/// <summary>A Python program that uses pika, on the broker of the tests.</summary>
internal sealed class PythonProcess : IAsyncDisposable
{
    // Debian's package serves its own Python only, which need not be the first one of the path.
    private static readonly string[] Interpreters = ["python3", "/usr/bin/python3", "python"];

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly StringBuilder _errors = new();

    private PythonProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => AddError(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Starts a script that lies beside this class; its first argument is the broker's URI.</summary>
    public static async Task<PythonProcess> StartAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(await InterpreterAsync())
        {
            Environment = { ["PYTHONUTF8"] = "1" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        string[] all =
            [Path.Combine(AppContext.BaseDirectory, "Wire", script), TestServices.RabbitMq.OriginalString, .. arguments];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);

        return new PythonProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it has printed enough; fails with what it said when it ends before.</summary>
    public Task WaitForAsync(Func<IReadOnlyList<string>, bool> condition) =>
        WaitForAsync(() => Task.FromResult(condition(Lines)));

    /// <summary>Waits for what it does elsewhere.</summary>
    public Task WaitForAsync(Func<Task<bool>> condition) =>
        Eventually.TrueAsync(
            async () =>
            {
                var isMet = await condition();
                Assert.True(isMet || !_process.HasExited, $"The program has ended. {Said()}");
                return isMet;
            },
            Said);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static async Task<string> InterpreterAsync()
    {
        foreach (var interpreter in Interpreters)
        {
            if (await ImportsPikaAsync(interpreter))
                return interpreter;
        }

        Assert.Fail(
            $"No Python that imports 'pika' was found among {string.Join(", ", Interpreters)}. Install it: as root on "
            + "Debian with 'apt-get install python3-pika', else with 'python3 -m pip install pika'.");
        return "";
    }

    private static async Task<bool> ImportsPikaAsync(string interpreter)
    {
        var start = new ProcessStartInfo(interpreter, ["-c", "import pika"]) { RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return false;
        }
    }

    private string Said()
    {
        lock (_errors)
            return $"{_errors}{string.Join(Environment.NewLine, Lines)}";
    }

    private void Add(string? line)
    {
        if (line is null)
            return;

        lock (_lines)
            _lines.Add(line);
    }

    private void AddError(string? line)
    {
        lock (_errors)
            _errors.AppendLine(line);
    }
}
