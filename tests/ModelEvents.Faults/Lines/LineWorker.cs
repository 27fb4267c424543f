using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ModelEvents.Faults.Lines;

/// <summary>The process that writes and dispatches.</summary>
internal static class LineWorker
{
    private const int Writers = 4;

    public static async Task<int> RunAsync()
    {
        var settings = LineSettings.FromEnvironment();
        var builder = LineHost.Create(settings);
        for (var index = 0; index < Writers; index++)
        {
            var seed = settings.Seed * Writers + index;
            builder.Services.AddSingleton<IHostedService>(services => new Writer(
                services.GetRequiredService<IServiceScopeFactory>(),
                settings with { Seed = seed, SavesPerSecond = settings.SavesPerSecond / Writers }));
        }

        await builder.Build().RunAsync();
        return 0;
    }
}
