using ModelEvents.Benchmarks;

// Prints ratios measured in one run, alternating, so that the machine's own noise hits both sides alike.
// Usage: dotnet run -c Release --project tests/ModelEvents.Benchmarks [save] [disabled] [drain] [memory]
//        [--rounds 7] [--events 20000]
var settings = BenchmarkSettings.Parse(args);
await using var database = await BenchmarkDatabase.CreateAsync(settings.Postgres);

if (settings.Runs("save"))
    await new SaveBenchmark(database, settings).RunAsync();
if (settings.Runs("disabled"))
    await new SaveBenchmark(database, settings).RunDisabledCheckAsync();
if (settings.Runs("drain"))
    await new DrainBenchmark(database, settings).RunAsync();
if (settings.Runs("memory"))
    await new MemoryBenchmark(database, settings).RunAsync();
