using System.Diagnostics;

namespace ModelEvents.Faults.Servers;

/// <summary>Programs that do one thing and end.</summary>
internal static class Command
{
    /// <summary>Runs a program and returns what it printed; throws when it fails.</summary>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancellationToken = default)
    {
        using var process = Process.Start(StartInfo(command, environment))!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0)
                return await output;

            throw new InvalidOperationException(
                $"'{string.Join(' ', command)}' ended with code {process.ExitCode}. {await errors}{await output}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Whether a program is found and ends well.</summary>
    public static async Task<bool> SucceedsAsync(params IReadOnlyList<string> command)
    {
        try
        {
            await RunAsync(command);
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public static Task SignalAsync(string signal, int process) =>
        RunAsync(["kill", "-s", signal, "--", $"{process}"]);

    private static ProcessStartInfo StartInfo(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }
}
