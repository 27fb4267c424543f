using System.Diagnostics;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Tools;

/// <summary>
/// A service in a folder of its own, where the real <c>dotnet ef</c> has made migrations and compiled models of its contexts,
/// which are built.
/// </summary>
public sealed class ToolApp : IAsyncLifetime
{
    // Beside this project's output, in the same configuration. With a slash at its end, as MSBuild wants it.
    private static readonly string Built = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "ModelEvents.ToolApp", new DirectoryInfo(AppContext.BaseDirectory).Name))
        + Path.DirectorySeparatorChar;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("model-events-");

    public string Sqlite => $"Data Source={PathOf("box.db")}";

    public async ValueTask InitializeAsync()
    {
        Copy(new DirectoryInfo(Path.Combine(Built, "source")), _folder);
        await RunAsync("dotnet", "tool", "restore");
        await RunAsync("dotnet", "restore");

        // The original stands in for it until what the tools make is built with it.
        foreach (var context in new[] { "Depot", "Van", "Box" })
        {
            await ToolAsync(Built, "migrations", "add", "First", "--context", $"{context}Context", "-o", context);
            await ToolAsync(Built, "dbcontext", "optimize", "--context", $"{context}Context", "-o", $"{context}/Compiled");
        }

        await RunAsync("dotnet", "build", "--no-restore");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>The text of a migration of one context.</summary>
    public string Migration(string context, string name) => File.ReadAllText(Assert.Single(
        Directory.GetFiles(PathOf(context), $"*_{name}.cs")));

    /// <summary>Runs <c>dotnet ef</c> on what was built.</summary>
    public Task<string> ToolAsync(TestDatabase? database, params IEnumerable<string> arguments) =>
        RunAsync(database, output: null, "dotnet", ["ef", .. arguments, "--no-build"]);

    /// <summary>Runs the service itself, which saves with each context.</summary>
    public Task<string> SaveAsync(TestDatabase database) =>
        RunAsync(database, output: null, "dotnet", PathOf("bin/Debug/ModelEvents.ToolApp.dll"), "save");

    /// <summary>Runs any program in the folder; it must end well.</summary>
    public Task<string> RunAsync(string program, params IEnumerable<string> arguments) =>
        RunAsync(database: null, output: null, program, arguments);

    private Task<string> ToolAsync(string output, params IEnumerable<string> arguments) =>
        RunAsync(database: null, output, "dotnet", ["ef", .. arguments, "--no-build"]);

    private async Task<string> RunAsync(
        TestDatabase? database, string? output, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.FullName,
            Environment =
            {
                ["TOOLAPP_BUILT"] = Built,
                ["TOOLAPP_OUTPUT"] = output,
                ["TOOLAPP_POSTGRES"] = database?.ConnectionString,
                ["TOOLAPP_SQLITE"] = Sqlite,
                ["DOTNET_NOLOGO"] = "1",
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                // What would outlive the command keeps its output open.
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["UseSharedCompilation"] = "false",
            },
        };
        await using var process = ChildProcess.Start(start);
        return await process.ReadToEndAsync();
    }

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        foreach (var file in from.GetFiles("*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to.FullName, Path.GetRelativePath(from.FullName, file.FullName));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            file.CopyTo(target);
        }
    }
}
