using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Diagnostics;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Wal;
using Npgsql;
using Context = ModelEvents.TestWorker.ParcelContext;

namespace ModelEvents.Tests.Outbox;

/// <summary>
/// What a dispatcher needs in the database is taken away while it dispatches: the health check says what, and once it is there
/// again the events that wait are published, without a restart.
/// </summary>
public sealed class RepairTests : IAsyncLifetime
{
    private const string Drop =
        """
        DO $$ DECLARE found text; BEGIN
            FOR found IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'model\_events\_%' LOOP
                EXECUTE 'DROP TABLE ' || found;
            END LOOP;
        END $$;
        """;

    private readonly TestDatabase _database = new();
    private RabbitQueue _queue = null!;

    public enum Way
    {
        Packs,
        Portable,
        Wal,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Role => $"reader_{_database.Name}";

    private string Login => new NpgsqlConnectionStringBuilder(_database.ConnectionString)
    {
        Username = Role,
        Password = "secret",
    }.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _queue = await RabbitQueue.BindAsync($"{_database.Name}.events");
        await _database.ExecuteAsync($"CREATE ROLE {Role} LOGIN PASSWORD 'secret' REPLICATION");
    }

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        NpgsqlConnection.ClearPool(new NpgsqlConnection(Login));
        await _database.ExecuteAsync($"DROP OWNED BY {Role}; DROP ROLE {Role}");
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(Way.Packs)]
    [InlineData(Way.Portable)]
    [InlineData(Way.Wal)]
    public async Task Tables_that_are_dropped_and_made_again(Way way)
    {
        await using var host = Host(way);
        await host.CreateTablesAsync();
        await host.StartAsync();
        await ArrivesAsync(await host.SaveAsync());

        foreach (var isNoticed in new[] { true, false })
        {
            await _database.ExecuteAsync(isNoticed ? Drop : Drop + await CreateAsync(host));
            if (isNoticed)
            {
                await IsToldAsync(host, "A table of the outbox is missing", isTried: way != Way.Wal);
                await _database.ExecuteAsync(await CreateAsync(host));
            }

            await ArrivesAsync(await host.SaveAsync());
            await IsWellAsync(host);
        }
    }

    [Theory]
    [InlineData(Way.Packs)]
    [InlineData(Way.Portable)]
    [InlineData(Way.Wal)]
    public async Task Rights_that_are_revoked_and_granted_again(Way way)
    {
        await using var saver = Host(way, options => options.Dispatcher.Enabled = false);
        await saver.CreateTablesAsync();
        if (way == Way.Wal)
            await saver.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await saver.StartAsync();
        await _database.ExecuteAsync(Grant);
        await using var reader = Host(way, login: Login);
        await reader.StartAsync();
        await ArrivesAsync(await saver.SaveAsync());

        await _database.ExecuteAsync($"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {Role}");
        var waits = await saver.SaveAsync();
        await IsToldAsync(reader, "permission denied", isTried: way != Way.Wal);
        if (way != Way.Wal)
            Assert.DoesNotContain(_queue.Deliveries, delivery => delivery.Header(EventHeaders.Key) == waits);

        await _database.ExecuteAsync(Grant);
        await ArrivesAsync(waits);
        await ArrivesAsync(await saver.SaveAsync());
        await IsWellAsync(reader);
    }

    [Fact]
    public async Task The_right_to_replicate_that_is_taken_away_and_given_back()
    {
        await using var saver = Host(Way.Wal, options => options.Dispatcher.Enabled = false);
        await saver.CreateTablesAsync();
        await saver.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await saver.StartAsync();
        await _database.ExecuteAsync(Grant);
        await using var reader = Host(Way.Wal, login: Login);
        await reader.StartAsync();
        await ArrivesAsync(await saver.SaveAsync());

        await _database.ExecuteAsync($"ALTER ROLE {Role} NOREPLICATION");
        await _database.ExecuteAsync(
            $"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_replication WHERE usename = '{Role}'");
        await IsToldAsync(reader, "may not replicate");
        var waits = await saver.SaveAsync();

        await _database.ExecuteAsync($"ALTER ROLE {Role} REPLICATION");
        await ArrivesAsync(waits);
        await IsWellAsync(reader);
    }

    [Fact]
    public async Task A_slot_that_is_dropped_and_made_again_by_hand()
    {
        await (await WalHost.StartAsync(_database)).DisposeAsync();
        await using var host = await WalHost.StartAsync(_database, options => options.Wal.CreateSlot = false);
        await ArrivesAsync(await host.SaveAsync());
        var slot = await _database.SlotAsync();

        await _database.DropSlotAsync();
        await IsToldAsync(host, "does not exist: events would be lost");
        await host.RefusesSavesAsync("does not exist: events would be lost");

        await _database.ExecuteAsync($"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')");
        await ArrivesAsync(await host.SaveAsync());
        await IsWellAsync(host);
    }

    private string Grant =>
        $"GRANT ALL ON ALL TABLES IN SCHEMA public TO {Role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {Role}";

    private WalHost Host(Way way, Action<ModelEventsOptions>? configure = null, string? login = null) => new(
        _database,
        options =>
        {
            options.Dispatcher.PollInterval = TimeSpan.FromSeconds(0.5);
            configure?.Invoke(options);
        },
        login,
        useOutbox: way switch
        {
            Way.Packs => capture => capture.UsePostgreSql(),
            Way.Portable => capture => capture,
            _ => null,
        });

    /// <summary>The statements of a migration that makes the outbox's tables.</summary>
    private static async Task<string> CreateAsync(WalHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var script = scope.ServiceProvider.GetRequiredService<Context>().Database.GenerateCreateScript();
        return string.Join(';', script.Split(';').Where(part => part.Contains("model_events_", StringComparison.Ordinal)));
    }

    /// <summary>By the health check at once, and by whoever reads at each try, of which the log may need none.</summary>
    private static async Task IsToldAsync(WalHost host, string because, bool isTried = true)
    {
        var told = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var health = await host.CheckHealthAsync();
                var reads = host.Services.GetRequiredService<HealthConditions>().Current;
                told = $"{health.Status}: {health.Description} {string.Join(", ", reads)}";
                return health.Status == HealthStatus.Unhealthy
                    && health.Description!.Contains(because, StringComparison.Ordinal)
                    && (!isTried || reads.Any(one => one.Text.Contains(because, StringComparison.Ordinal)));
            },
            () => told);
    }

    private static async Task IsWellAsync(WalHost host)
    {
        var told = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var health = await host.CheckHealthAsync();
                var reads = host.Services.GetRequiredService<HealthConditions>().Current;
                told = $"{health.Status}: {health.Description} {string.Join(", ", reads)}";
                return health.Status == HealthStatus.Healthy && reads.Count == 0;
            },
            () => told);
    }

    private Task ArrivesAsync(string parcel) => Eventually.TrueAsync(
        () => _queue.Deliveries.Any(delivery => delivery.Header(EventHeaders.Key) == parcel),
        () => $"the event of parcel {parcel} has not arrived");
}
