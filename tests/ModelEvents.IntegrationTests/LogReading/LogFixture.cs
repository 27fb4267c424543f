using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.LogCapture;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Wal;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.LogReading;

/// <summary>A database whose rows are read from the log, and what arrives of them.</summary>
internal sealed class LogFixture : IAsyncDisposable
{
    private RabbitQueue _queue = null!;

    private LogFixture(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public TableRows Rows { get; private init; } = null!;

    /// <summary>What arrived, in the order of the log: entities overtake each other on their way.</summary>
    public IReadOnlyList<RabbitDelivery> Deliveries => [.. _queue.Deliveries.OrderBy(SequenceOf)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A database with what <paramref name="sql"/> creates, of which the rows of some tables are wanted.</summary>
    public static async Task<LogFixture> CreateAsync(string sql, params string[] tables)
    {
        var database = await TestDatabase.CreateAsync();
        var fixture = new LogFixture(database) { Rows = new TableRows(database.Name, tables) };
        await using (var host = fixture.Host())
            await host.CreateTablesAsync();
        await database.ExecuteAsync(sql);
        fixture._queue = await RabbitQueue.BindAsync($"{database.Name}.events");
        return fixture;
    }

    /// <summary>The same, with a process that reads.</summary>
    public static async Task<(LogFixture Fixture, WalHost Host)> StartAsync(string sql, params string[] tables)
    {
        var fixture = await CreateAsync(sql, tables);
        return (fixture, await fixture.StartHostAsync());
    }

    /// <summary>A process whose start sets the log up.</summary>
    public async Task<WalHost> StartHostAsync(Action<ModelEventsOptions>? configure = null)
    {
        var host = Host(options =>
        {
            options.Wal.SetUp = true;
            configure?.Invoke(options);
        });
        await host.StartAsync();
        return host;
    }

    public WalHost Host(Action<ModelEventsOptions>? configure = null) => new(
        Database,
        configure,
        addServices: services => services.AddKeyedSingleton<IRowCapture>(typeof(ParcelContext), Rows));

    /// <summary>Waits until <paramref name="count"/> events of rows have arrived, and tells all of them.</summary>
    public async Task<IReadOnlyList<JsonNode>> BodiesAsync(int count)
    {
        await _queue.WaitForAsync(count);
        return [.. Deliveries.Select(delivery => JsonNode.Parse(delivery.Body)!)];
    }

    /// <summary>Waits for that many, and tells their names and keys.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(int count)
    {
        await _queue.WaitForAsync(count);
        return [.. Deliveries.Select(delivery => $"{delivery.RoutingKey} {delivery.Header(EventHeaders.Key)}")];
    }

    public static long SequenceOf(RabbitDelivery delivery) =>
        long.Parse(delivery.Header(EventHeaders.Sequence)!, CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        await Database.DisposeAsync();
    }
}
