using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;
using Npgsql;

namespace ModelEvents.Tests.Wal;

/// <summary>Delivery from the log in surroundings that it does not choose: hosts, poolers, schemas, and a stop while it starts.</summary>
public sealed class WalSurroundingsTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private RabbitQueue _queue = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _queue = await RabbitQueue.BindAsync($"{_database.Name}.events");
    }

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Of_several_hosts_the_one_is_read_from_that_can_be_written_to()
    {
        var settings = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        settings.Host = $"{settings.Host}:1,{settings.Host}:{settings.Port}";
        await using var host = await WalHost.StartAsync(_database, login: settings.ConnectionString);

        await host.SaveAsync();

        await _queue.WaitForAsync(1);
        Assert.Empty(host.Log.Lines(3012));
    }

    [Theory]
    [InlineData(CaptureSource.Tracker)]
    [InlineData(CaptureSource.Log)]
    public async Task Who_shares_sessions_by_multiplexing_reads_with_one_of_its_own(CaptureSource source)
    {
        var settings = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Multiplexing = true };
        await using var host = await WalHost.StartAsync(
            _database,
            options =>
            {
                options.Wal.SetUp = true;
                options.Model<Parcel>(model => model.Capture(source));
            },
            settings.ConnectionString);

        await host.SaveAsync();

        await _queue.WaitForAsync(1);
    }

    [Fact]
    public async Task A_limit_of_the_database_for_locks_ends_neither_the_making_of_a_slot_nor_the_wait_for_who_led_before()
    {
        await using var host = new WalHost(_database);
        await host.CreateTablesAsync();
        await _database.ExecuteAsync($"ALTER DATABASE {_database.Name} SET lock_timeout = '200ms'");
        NpgsqlConnection.ClearPool(new NpgsqlConnection(_database.ConnectionString));
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        var open = await connection.BeginTransactionAsync(Token);
        await new NpgsqlCommand("SELECT txid_current()", connection).ExecuteScalarAsync(Token);
        var starting = host.StartAsync();

        await WaitsForLongAsync("CREATE_REPLICATION_SLOT");
        await new NpgsqlCommand(
            $"SELECT pg_advisory_lock_shared(hashtextextended('{await _database.SlotAsync()}', 1))", connection)
            .ExecuteNonQueryAsync(Token);
        await open.CommitAsync(Token);
        await starting;
        await WaitsForLongAsync("SELECT pg_advisory_xact_lock");
        await connection.CloseAsync();

        await host.SaveAsync();
        await _queue.WaitForAsync(1);
    }

    [Fact]
    public async Task A_pooler_before_the_server_is_told_at_start_up()
    {
        await using var pooler = new PoolerProxy(_database.ConnectionString);
        await using var host = new WalHost(_database, login: pooler.ConnectionString);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("goes through a pooler", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ModelEvents:Wal:ConnectionString", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_pooler_the_log_is_read_from_the_server_that_is_named_for_it()
    {
        await using var pooler = new PoolerProxy(_database.ConnectionString);
        await using var host = await WalHost.StartAsync(
            _database, options => options.Wal.ConnectionString = _database.ConnectionString, pooler.ConnectionString);

        await host.SaveAsync();

        await _queue.WaitForAsync(1);
    }

    [Theory]
    [InlineData(CaptureSource.Tracker)]
    [InlineData(CaptureSource.Log)]
    public async Task Tables_are_found_in_the_schema_of_the_search_path(CaptureSource source)
    {
        await _database.ExecuteAsync("CREATE SCHEMA shop");
        var settings = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { SearchPath = "shop,public" };
        await using var host = await WalHost.StartAsync(
            _database,
            options =>
            {
                options.Wal.SetUp = true;
                options.Model<Parcel>(model => model.Capture(source));
            },
            settings.ConnectionString);

        var parcel = await host.SaveAsync();

        await _queue.WaitForAsync(1);
        Assert.Equal(parcel, Assert.Single(_queue.Deliveries).Header(EventHeaders.Key));
        Assert.Equal(1L, await _database.ScalarAsync<long>("""SELECT count(*) FROM shop."Parcels" """));
    }

    [Fact]
    public async Task A_program_that_is_stopped_while_it_starts_ends_well()
    {
        await using var host = new WalHost(_database);
        await host.CreateTablesAsync();
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var open = await connection.BeginTransactionAsync(Token);
        await new NpgsqlCommand("SELECT txid_current()", connection).ExecuteScalarAsync(Token);
        var starting = host.StartAsync();
        await Eventually.TrueAsync(async () => await _database.SlotAsync() is not null, () => "no slot is being made");

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await starting.WaitAsync(Eventually.DefaultTimeout, Token);
    }

    private Task WaitsForLongAsync(string statement) => Eventually.TrueAsync(
        () => _database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
            + $"AND query LIKE '{statement}%' AND clock_timestamp() - query_start > '1 s')"),
        () => $"'{statement}' does not wait");
}
