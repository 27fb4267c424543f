using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>Runs <c>config/services</c> of this clone.</summary>
internal static partial class ScriptServices
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Runs <c>config/services up</c> and returns the variables that it prints.</summary>
    public static Task<IReadOnlyDictionary<string, string>> StartAsync() => StartAsync("up");

    /// <summary>Runs one command that starts something, and returns the variables that it prints.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> StartAsync(params string[] command) =>
        ExportLine().Matches(await RunAsync(command))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);

    /// <summary>Runs one command of the script and returns its output.</summary>
    public static async Task<string> RunAsync(params string[] command)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        var start = new ProcessStartInfo("bash", [Path.Combine(RepositoryRoot(), "config", "services"), .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(timeout.Token);
        var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);

        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException(
                $"'config/services {string.Join(' ', command)}' failed. It says: {await errors}");
    }

    /// <summary>The folder of <c>ModelEvents.sln</c>, above the test's own.</summary>
    public static string RepositoryRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "ModelEvents.sln")))
                return folder;
        }

        throw new InvalidOperationException($"No 'ModelEvents.sln' above '{AppContext.BaseDirectory}'.");
    }

    [GeneratedRegex("""^export (?<name>\w+)="(?<value>.*)"$""", RegexOptions.Multiline)]
    private static partial Regex ExportLine();
}
