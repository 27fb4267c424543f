using System.Diagnostics;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Samples;

/// <summary>The sample as its user runs it, on the services of the tests.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    /// <summary>The queue that it reads, which outlives it.</summary>
    public const string Queue = "shop-sample";

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private ShopProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    // Built beside this project, in the same configuration.
    private static string Program
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(folder.Parent!.Parent!.FullName, "Shop", folder.Name, "Shop.dll");
        }
    }

    public static ShopProcess Start(TestDatabase database, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] services =
            [Program, "--database", database.ConnectionString, "--rabbitmq", TestServices.RabbitMq.OriginalString];
        foreach (var argument in services.Concat(arguments))
            start.ArgumentList.Add(argument);

        return new ShopProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end, which must be a good one, and returns what it printed.</summary>
    public static async Task<string> RunAsync(TestDatabase database, params string[] arguments)
    {
        await using var shop = Start(database, arguments);
        await shop._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var output = await shop._output;
        Assert.True(shop._process.ExitCode == 0, $"Exit code {shop._process.ExitCode}. {await shop._errors}{output}");
        return output;
    }

    /// <summary>Ends it between any two of its instructions.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
