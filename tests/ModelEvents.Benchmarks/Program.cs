using ModelEvents;
using ModelEvents.Benchmarks;

// Prints one table of ratios measured in one run, the sides alternating, so that the machine's own noise hits all alike.
// Usage: dotnet run -c Release --project tests/ModelEvents.Benchmarks [save] [receivers] [rules] [rows] [latency] [cost] [drain]
//        [deep] [idle] [disabled] [--quick] [--rounds 7] [--events 20000] [--waiting 5000000]
var settings = BenchmarkSettings.Parse(args);
await using var database = await BenchmarkDatabase.CreateAsync(settings.Postgres);
await using var logged = await BenchmarkDatabase.CreateAsync(settings.Postgres, CaptureSource.Log);
database.Beside = logged;
await using var plain = new PlainSide(database);
await using var captured = new CapturedSide(database, settings, DeliveryMode.Outbox);
await using var fromLog = new CapturedSide(database, settings, DeliveryMode.Wal);
await using var fromRows = new CapturedSide(logged, settings, DeliveryMode.Wal);
await using var handWritten = new HandWrittenSide(database, settings);
await using var client = new ClientSide(database, await ConfirmedPublisher.ConnectAsync(settings));
await using var bus = await BusSide.ConnectAsync(database, settings);
Side[] sides = [captured, fromLog, fromRows, handWritten, client, bus];
var report = new Report(sides);

var save = new SaveBenchmark(database, settings, sides, plain, report);
if (settings.Runs("save"))
    await save.RunAsync();
if (settings.Runs("receivers"))
    await new ReceiverBenchmark(database, settings, captured, report).RunAsync();
if (settings.Runs("rules"))
    await new RuleBenchmark(settings, captured, report).RunAsync();
if (settings.Runs("rows"))
    await new RowBenchmark(settings, fromLog, report).RunAsync();
if (settings.Runs("latency"))
    await new LatencyBenchmark(database, settings, sides, report).RunAsync();
if (settings.Runs("cost"))
    await new CostBenchmark(database, settings, sides, plain, report).RunAsync();

var backlog = new BacklogBenchmark(database, settings, captured, fromLog, fromRows, handWritten, report);
if (settings.Runs("drain"))
    await backlog.RunAsync();
if (settings.Runs("idle"))
    await IdleBenchmark.RunAsync(settings, report, captured, fromLog);

// So many rows take more of the log than the server keeps for the slots of the others.
if (settings.Runs("deep") && !settings.Quick)
    await backlog.RunDeepAsync();

// Last, because nothing in the process is as before after it.
if (settings.Runs("disabled"))
    await save.RunDisabledCheckAsync();

report.Print(await Machine.DescribeAsync(database, settings));
