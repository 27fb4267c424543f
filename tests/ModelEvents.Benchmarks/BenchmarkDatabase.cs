using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using Npgsql;

namespace ModelEvents.Benchmarks;

/// <summary>A database of its own for one run, dropped at the end.</summary>
internal sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name = $"benchmark_{Guid.CreateVersion7():N}";

    private BenchmarkDatabase(string server) => _server = server;

    /// <summary>Where changes are seen that are made in it.</summary>
    public CaptureSource Source { get; private init; }

    /// <summary>Another one that is cleared together with it, if any.</summary>
    public BenchmarkDatabase? Beside { get; set; }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ConnectionString;

    public static async Task<BenchmarkDatabase> CreateAsync(string server, CaptureSource source = CaptureSource.Tracker)
    {
        var database = new BenchmarkDatabase(server) { Source = source };
        await database.OnServerAsync($"CREATE DATABASE {database._name}");
        await using var services = database.CaptureServices().BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<BenchmarkContext>().Database.EnsureCreatedAsync();

        // Delivery from the log sets up its slot at a first start.
        await using var log = database.CaptureServices(options => options.Delivery = DeliveryMode.Wal)
            .BuildServiceProvider();
        if (source == CaptureSource.Log)
            await log.GetRequiredService<IModelEventLog>().SetUpAsync();
        await (await log.GetRequiredService<IOutboxReader>().OpenAsync(CancellationToken.None)).DisposeAsync();
        return database;
    }

    /// <summary>Services with the context captured as a user would have it.</summary>
    public IServiceCollection CaptureServices(
        Action<ModelEventsOptions>? configure = null, NpgsqlDataSource? source = null)
    {
        var services = new ServiceCollection();
        services.AddModelEvents(options =>
        {
            options.ServiceName = "benchmark";
            options.Dispatcher.Enabled = false;
            options.Delivery = Source == CaptureSource.Log ? DeliveryMode.Wal : DeliveryMode.Outbox;
            options.Capture = Source;
            options.Model<GuidRow>().Model<IdentityRow>();
            configure?.Invoke(options);
        }).Capture<BenchmarkContext>().UsePostgreSqlWal();
        return services.AddDbContext<BenchmarkContext>(
            options => _ = source is null ? options.UseNpgsql(ConnectionString) : options.UseNpgsql(source));
    }

    /// <summary>The same context without ModelEvents.</summary>
    public IServiceCollection PlainServices() =>
        new ServiceCollection().AddDbContext<BenchmarkContext>(options => options.UseNpgsql(ConnectionString));

    /// <summary>Empties every table, and forgets what waits in the log.</summary>
    public async Task ClearAsync()
    {
        await ExecuteAsync(
            "TRUNCATE model_events_outbox, model_events_outbox_packs, "
            + "\"HandWrittenMessages\", \"GuidRows\", \"IdentityRows\"");
        await ExecuteAsync(
            "SELECT pg_replication_slot_advance(slot_name, pg_current_wal_flush_lsn()) FROM pg_replication_slots "
            + "WHERE database = current_database() AND wal_status <> 'lost'");
        if (Beside is not null)
            await Beside.ClearAsync();
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await OnServerAsync(
            $"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '{_name}'");
        await OnServerAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    private async Task OnServerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_server);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
