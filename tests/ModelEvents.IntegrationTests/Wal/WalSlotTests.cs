using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Wal;

/// <summary>A slot that is gone, not there yet, or keeps too much.</summary>
public sealed class WalSlotTests : IAsyncLifetime
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
    public async Task A_slot_that_somebody_dropped_is_reported_as_possible_loss_and_replaced()
    {
        await using var host = await WalHost.StartAsync(_database);
        await ArrivesAsync(await host.SaveAsync());
        var slot = await _database.SlotAsync();

        await _database.DropSlotAsync();

        await host.LoggedAsync(3012, $"'{slot}' is gone");
        await host.LoggedAsync(3010, $"'{slot}' was created", times: 2);
        await ArrivesAsync(await host.SaveAsync());
    }

    [Fact]
    public async Task Where_slots_are_not_to_be_created_one_that_was_dropped_stops_saves_and_is_unhealthy()
    {
        await (await WalHost.StartAsync(_database)).DisposeAsync();
        await using var host = await WalHost.StartAsync(_database, options => options.Wal.CreateSlot = false);
        await ArrivesAsync(await host.SaveAsync());

        await _database.DropSlotAsync();

        await host.LoggedAsync(1100, "does not exist: events would be lost");
        await host.RefusesSavesAsync("does not exist: events would be lost");
        await host.IsUnhealthyAsync("does not exist: events would be lost");
        Assert.Null(await _database.SlotAsync());
    }

    [Fact]
    public async Task A_slot_is_made_however_long_transactions_are_open_and_what_it_waits_for_is_told()
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString + ";Application Name=forgotten");
        await connection.OpenAsync(Token);
        await using var open = await connection.BeginTransactionAsync(Token);
        await new NpgsqlCommand("CREATE TABLE others (id int)", connection).ExecuteNonQueryAsync(Token);
        await using var host = new WalHost(_database, login: _database.ConnectionString + ";Command Timeout=1");
        await host.CreateTablesAsync();

        var start = host.StartAsync();
        await host.LoggedAsync(3014, "('forgotten', database ");
        await open.CommitAsync(Token);

        await start;
        await ArrivesAsync(await host.SaveAsync());
        Assert.Single(host.Log.Lines(3010));
    }

    [Fact]
    public async Task Without_its_publication_nothing_can_be_read_which_is_unhealthy_and_goes_on_once_that_is_there_again()
    {
        await (await WalHost.StartAsync(_database)).DisposeAsync();
        await using var host = await WalHost.StartAsync(_database, options => options.Wal.CreateSlot = false);
        await ArrivesAsync(await host.SaveAsync());

        await _database.ExecuteAsync("CREATE TABLE others (id int); DROP PUBLICATION model_events_parcelcontext");
        await _database.ExecuteAsync("INSERT INTO others VALUES (1)");
        await host.LoggedAsync(1100, "model_events_parcelcontext");
        await host.IsUnhealthyAsync("'model_events_parcelcontext' does not exist");
        await host.RefusesSavesAsync("'model_events_parcelcontext' does not exist");

        await host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await host.LoggedAsync(3021, "cannot be read");
        await ArrivesAsync(await host.SaveAsync());
        Assert.Equal(HealthStatus.Healthy, (await host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task A_missing_slot_that_is_not_to_be_created_is_told_at_start_up()
    {
        await using var host = new WalHost(_database, options => options.Wal.CreateSlot = false);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("does not exist: events would be lost", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_in_the_making_does_not_keep_events_yet_so_saves_wait_for_it()
    {
        await using var first = new WalHost(_database);
        await using var second = new WalHost(_database);
        await first.CreateTablesAsync();
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var open = await connection.BeginTransactionAsync(Token);
        await new NpgsqlCommand("SELECT txid_current()", connection).ExecuteScalarAsync(Token);
        var starting = first.StartAsync();
        await Eventually.TrueAsync(async () => await _database.SlotAsync() is not null, () => "no slot is being made");

        await second.RefusesSavesAsync("is being made: events would be lost");
        var startingToo = second.StartAsync();
        Assert.False(starting.IsCompleted || startingToo.IsCompleted);
        await open.CommitAsync(Token);
        await Task.WhenAll(starting, startingToo);

        await ArrivesAsync(await second.SaveAsync());
        Assert.Empty(first.Log.Lines(3012).Concat(second.Log.Lines(3012)));
    }

    [Fact]
    public async Task Log_that_is_kept_while_the_broker_is_away_is_measured_and_warned_of_from_a_limit_on()
    {
        await using var host = await WalHost.StartAsync(_database, options =>
        {
            options.Broker.Uri = "amqp://guest:guest@127.0.0.1:1/";
            options.Wal.MaxRetainedMegabytes = 4;
        });

        await host.SaveAsync(new string('x', 8 << 20));

        Assert.InRange(await host.MeasureAsync("modelevents.wal.retained"), 8 << 20, long.MaxValue);
        var health = await host.CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Matches("The database keeps [0-9]+ MB of its log for 'ParcelContext'.", health.Description);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_only_saves_asks_for_the_slot_on_each_new_connection(bool isAsync)
    {
        await (await WalHost.StartAsync(_database)).DisposeAsync();
        await using var saver = new WalHost(_database, options => options.Dispatcher.Enabled = false);
        await saver.SaveAsync();
        await _database.DropSlotAsync();

        NpgsqlConnection.ClearPool(new NpgsqlConnection(_database.ConnectionString));

        var refusal = await Assert.ThrowsAnyAsync<Exception>(
            () => isAsync ? saver.SaveAsync() : Task.Run(() => saver.Save(), Token));
        Assert.Contains("does not exist", refusal.GetBaseException().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_that_is_left_when_delivery_changes_back_is_told_until_it_is_dropped()
    {
        await (await WalHost.StartAsync(_database)).DisposeAsync();
        await using var host = await WalHost.StartAsync(_database, options =>
        {
            options.Delivery = DeliveryMode.Outbox;
            options.Dispatcher.PollInterval = TimeSpan.FromSeconds(0.2);
        });

        await host.LoggedAsync(3031, "Nobody reads the replication slot");
        Assert.Equal(HealthStatus.Degraded, (await host.CheckHealthAsync()).Status);
        await _database.DropSlotAsync();

        await Eventually.TrueAsync(
            async () => (await host.CheckHealthAsync()).Status == HealthStatus.Healthy, () => "it is told still");
        await ArrivesAsync(await host.SaveAsync());
    }

    /// <summary>Waits for the event of a parcel.</summary>
    private Task ArrivesAsync(string parcel) => Eventually.TrueAsync(
        () => _queue.Deliveries.Any(delivery => delivery.Header(EventHeaders.Key) == parcel),
        () => $"the event of parcel {parcel} has not arrived");
}
