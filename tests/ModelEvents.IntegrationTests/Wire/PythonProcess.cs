using System.ComponentModel;
using System.Diagnostics;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Wire;

/// <summary>Starts Python programs that use pika, on the broker of the tests.</summary>
internal static class PythonProcess
{
    // Debian's package serves its own Python only, which need not be the first one of the path.
    private static readonly string[] Interpreters = ["python3", "/usr/bin/python3", "python"];

    /// <summary>Starts a script that lies beside this class; its first argument is the broker's URI.</summary>
    public static async Task<ChildProcess> StartAsync(string script, params string[] arguments) =>
        ChildProcess.Start(
            await InterpreterAsync(),
            [
                Path.Combine(AppContext.BaseDirectory, "Wire", script),
                TestServices.RabbitMq.OriginalString,
                .. arguments,
            ]);

    private static async Task<string> InterpreterAsync()
    {
        foreach (var interpreter in Interpreters)
        {
            if (await ImportsPikaAsync(interpreter))
                return interpreter;
        }

        throw new InvalidOperationException(
            $"No Python that imports 'pika' was found among '{string.Join("', '", Interpreters)}'. Install it: on "
            + "Debian with 'apt-get install python3-pika' as root, else with 'python3 -m pip install pika'.");
    }

    private static async Task<bool> ImportsPikaAsync(string interpreter)
    {
        var start = new ProcessStartInfo(interpreter, ["-c", "import pika"]) { RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return false;
        }
    }
}
