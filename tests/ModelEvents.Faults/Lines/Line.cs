using System.Diagnostics;
using System.Text.Json;
using ModelEvents.Faults.Campaign;
using ModelEvents.Faults.Checking;
using ModelEvents.Faults.Faulting;
using ModelEvents.Faults.Servers;
using Npgsql;

namespace ModelEvents.Faults.Lines;

/// <summary>One mode with one publisher: a database, two queues, two workers and two consumers of its own.</summary>
internal sealed class Line : IAsyncDisposable
{
    private const int WorkerCount = 2;

    private readonly Surroundings _servers;
    private readonly string _folder;
    private readonly List<TextWriter> _logs = [];
    private readonly List<LoggedProcess> _consumers = [];

    private Line(Surroundings servers, string mode, string publisher, string folder)
    {
        _servers = servers;
        Name = $"{mode}-{publisher}";
        Mode = mode;
        Publisher = publisher;
        _folder = Directory.CreateDirectory(Path.Combine(folder, Name)).FullName;
        Queues = new LineQueues(
            Name, mode, $"{Name}.events", $"{Name}-quorum", $"{Name}-classic", $"faults_{mode}_{publisher}");
        Arrivals = [.. new[] { Queues.QuorumQueue, Queues.ClassicQueue }.Select(queue => new Arrivals(queue, FileOf(queue)))];
    }

    public string Name { get; }

    public string Mode { get; }

    public string Publisher { get; }

    public string Folder => _folder;

    public LineQueues Queues { get; }

    public IReadOnlyList<Arrivals> Arrivals { get; }

    public IReadOnlyList<WorkerProcess> Workers { get; private set; } = [];

    /// <summary>The way to the truth that no fault strikes.</summary>
    public string TruthConnectionString =>
        $"{_servers.Database.DirectConnectionString(Queues.Database)};Pooling=false;Timeout=5";

    private string StopFile => Path.Combine(_folder, "stop-writing");

    public static async Task<Line> StartAsync(
        Surroundings servers, string mode, string publisher, CampaignPlan plan, CancellationToken cancellationToken)
    {
        var line = new Line(servers, mode, publisher, plan.StateFolder);
        var settings = new LineSettings(
            line.Name,
            mode,
            publisher,
            servers.Database.DirectConnectionString(line.Queues.Database),
            servers.Broker.DirectUri.ToString(),
            0,
            plan.SavesPerSecond / plan.Modes.Count / plan.Publishers.Count / WorkerCount,
            line.StopFile);
        await LineDatabase.CreateAsync(settings, cancellationToken);
        await LineBroker.CreateAsync(servers.Broker.DirectUri, line.Queues, cancellationToken);
        line.StartConsumers(plan.Python);
        await line.StopWritingAsync();
        await line.StartWorkersAsync(plan.Seed, settings);
        return line;
    }

    /// <summary>Until then the line only stands by, so that all lines start alike.</summary>
    public void StartWriting() => File.Delete(StopFile);

    public Task StopWritingAsync() => File.WriteAllTextAsync(StopFile, "");

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        foreach (var consumer in _consumers)
            await consumer.DisposeAsync();
        foreach (var log in _logs)
            await log.DisposeAsync();
    }

    private string FileOf(string name) => Path.Combine(_folder, $"{name}.jsonl");

    private async Task StartWorkersAsync(int seed, LineSettings settings)
    {
        Workers =
        [
            .. Enumerable.Range(1, WorkerCount).Select(number => new WorkerProcess(
                $"{Name}-{number}",
                settings with
                {
                    Seed = HashCode(seed, Name, number),
                    Database = $"{_servers.Database.ConnectionString(Queues.Database)};Timeout=5;Command Timeout=15",
                    Broker = _servers.Broker.Uri.ToString(),
                },
                _folder,
                Log($"worker-{number}.log"))),
        ];
        foreach (var worker in Workers)
            await worker.StartAsync();
    }

    private void StartConsumers(string python)
    {
        var truth = new NpgsqlConnectionStringBuilder(_servers.Database.DirectConnectionString(Queues.Database));
        foreach (var arrivals in Arrivals)
        {
            var settings = JsonSerializer.Serialize(new
            {
                broker = _servers.Broker.DirectUri.ToString().TrimEnd('/'),
                queue = arrivals.Queue,
                file = FileOf(arrivals.Queue),
                database = $"host={truth.Host} port={truth.Port} user={truth.Username} password={truth.Password} "
                    + $"dbname={truth.Database}",
            });
            var script = Path.Combine(AppContext.BaseDirectory, "consumer.py");
            _consumers.Add(LoggedProcess.Start(
                new ProcessStartInfo(python, [script, settings]) { Environment = { ["PYTHONUTF8"] = "1" } },
                Log($"{arrivals.Queue}.log")));
        }
    }

    private TextWriter Log(string name)
    {
        var writer = TextWriter.Synchronized(new StreamWriter(Path.Combine(_folder, name)) { AutoFlush = true });
        _logs.Add(writer);
        return writer;
    }

    /// <summary>The same in every process, unlike <see cref="System.HashCode"/>.</summary>
    private static int HashCode(int seed, string name, int number) =>
        (int)(name.Aggregate((uint)seed, (hash, letter) => hash * 31 + letter) % 1_000_000) * 10 + number;
}
