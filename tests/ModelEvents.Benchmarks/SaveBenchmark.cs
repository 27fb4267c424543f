using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Benchmarks;

/// <summary>What a save costs with its rows listed, against the same save without ModelEvents.</summary>
internal sealed class SaveBenchmark(BenchmarkDatabase database, BenchmarkSettings settings)
{
    public async Task RunAsync()
    {
        await using var plain = database.PlainServices().BuildServiceProvider();
        await using var captured = database.CaptureServices().BuildServiceProvider();
        Console.WriteLine("save: ms per SaveChangesAsync, medians, the two sides alternating and swapping who goes first");
        Console.WriteLine($"{"rows",-8}{"key",-10}{"plain",10}{"listed",10}{"ratio",8}");

        await WarmUpAsync(plain, captured);
        foreach (var (rows, samples) in new[] { (1, 150), (10, 100), (100, 40), (1000, 8) })
        {
            await MeasureAsync("guid", rows, samples, plain, captured, () => new GuidRow());
            await MeasureAsync("identity", rows, samples, plain, captured, () => new IdentityRow());
        }
    }

    /// <summary>Until the runtime has compiled both sides for good, as in a service that has run for a while.</summary>
    private async Task WarmUpAsync(ServiceProvider plain, ServiceProvider captured)
    {
        for (var round = 0; round < 500; round++)
        {
            await SaveAsync(plain, 20, () => new GuidRow());
            await SaveAsync(captured, 20, () => new GuidRow());
            await SaveAsync(plain, 20, () => new IdentityRow());
            await SaveAsync(captured, 20, () => new IdentityRow());
        }

        await database.ExecuteAsync("TRUNCATE model_events_outbox, \"GuidRows\", \"IdentityRows\"");
    }

    private async Task MeasureAsync(
        string key, int rows, int samples, ServiceProvider plain, ServiceProvider captured, Func<object> newRow)
    {
        List<double> without = [], with = [];
        for (var sample = -10; sample < samples * settings.Rounds; sample++)
        {
            var (first, second) = sample % 2 == 0 ? (plain, captured) : (captured, plain);
            var firstTime = await SaveAsync(first, rows, newRow);
            var secondTime = await SaveAsync(second, rows, newRow);
            if (sample < 0)
                continue;

            without.Add(sample % 2 == 0 ? firstTime : secondTime);
            with.Add(sample % 2 == 0 ? secondTime : firstTime);
        }

        await database.ExecuteAsync("TRUNCATE model_events_outbox, \"GuidRows\", \"IdentityRows\"");
        var (plainMs, listedMs) = (Median.Of(without), Median.Of(with));
        Console.WriteLine($"{rows,-8}{key,-10}{plainMs,10:F3}{listedMs,10:F3}{listedMs / plainMs,8:F2}");
    }

    private static async Task<double> SaveAsync(ServiceProvider services, int rows, Func<object> newRow)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BenchmarkContext>();
        for (var row = 0; row < rows; row++)
            context.Add(newRow());
        return await Median.MillisecondsAsync(() => context.SaveChangesAsync());
    }
}
