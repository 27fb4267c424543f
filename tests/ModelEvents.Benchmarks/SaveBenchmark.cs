using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Testing;

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
            Print("guid", rows, await MeasureAsync(rows, samples, plain, captured, () => new GuidRow()));
            Print("identity", rows, await MeasureAsync(rows, samples, plain, captured, () => new IdentityRow()));
        }
    }

    /// <summary>
    /// The same ratio before and after something in this process has used <c>Dispatcher.Disable</c>, which is when saves
    /// begin to ask whether they are disabled.
    /// </summary>
    public async Task RunDisabledCheckAsync()
    {
        await using var plain = database.PlainServices().BuildServiceProvider();
        await using var captured = database.CaptureServices().BuildServiceProvider();
        Console.WriteLine("disabled: ratio of a listed save to a plain one, without and with the check of the test helper");
        Console.WriteLine($"{"rows",-8}{"without",10}{"with",10}{"ratio",8}");

        (int Rows, int Samples)[] sizes = [(1, 150), (100, 40)];
        await WarmUpAsync(plain, captured);
        var without = new Dictionary<int, double>();
        foreach (var (rows, samples) in sizes)
            without[rows] = await RatioAsync(rows, samples, plain, captured);

        Dispatcher.Disable().Dispose();
        foreach (var (rows, samples) in sizes)
        {
            var with = await RatioAsync(rows, samples, plain, captured);
            Console.WriteLine($"{rows,-8}{without[rows],10:F3}{with,10:F3}{with / without[rows],8:F2}");
        }
    }

    private async Task<double> RatioAsync(int rows, int samples, ServiceProvider plain, ServiceProvider captured)
    {
        var (plainMs, listedMs) = await MeasureAsync(rows, samples, plain, captured, () => new GuidRow());
        return listedMs / plainMs;
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

    private async Task<(double Plain, double Listed)> MeasureAsync(
        int rows, int samples, ServiceProvider plain, ServiceProvider captured, Func<object> newRow)
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
        return (Median.Of(without), Median.Of(with));
    }

    private static void Print(string key, int rows, (double Plain, double Listed) ms) =>
        Console.WriteLine($"{rows,-8}{key,-10}{ms.Plain,10:F3}{ms.Listed,10:F3}{ms.Listed / ms.Plain,8:F2}");

    private static async Task<double> SaveAsync(ServiceProvider services, int rows, Func<object> newRow)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BenchmarkContext>();
        for (var row = 0; row < rows; row++)
            context.Add(newRow());
        return await Median.MillisecondsAsync(() => context.SaveChangesAsync());
    }
}
