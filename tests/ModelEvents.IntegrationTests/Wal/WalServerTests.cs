using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Wal;

/// <summary>Servers that are not set up for delivery from the log, or that keep too little of it.</summary>
public sealed class WalServerTests(WalServer server) : IClassFixture<WalServer>
{
    [Fact]
    public async Task One_without_logical_decoding_is_told_at_start_up()
    {
        await server.RestartAsync("wal_level=replica");
        await using var database = await TestDatabase.CreateAsync(server.ConnectionString);
        await using var host = new WalHost(database);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("'wal_level' is 'replica'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'Delivery: Outbox'", refusal.Message, StringComparison.Ordinal);
        await host.IsUnhealthyAsync("'wal_level' is 'replica'");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task One_without_a_free_slot_is_told_at_start_up(int slots)
    {
        await server.RestartAsync($"max_replication_slots={slots}");
        await using var database = await TestDatabase.CreateAsync(server.ConnectionString);
        if (slots > 0)
            await database.ExecuteAsync("SELECT pg_create_logical_replication_slot('taken', 'pgoutput')");
        await using var host = new WalHost(database);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("No replication slot is free", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'max_replication_slots'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_whose_log_was_deleted_is_reported_as_possible_loss_until_somebody_drops_it()
    {
        await server.RestartAsync("max_slot_wal_keep_size=1MB");
        await using var database = await TestDatabase.CreateAsync(server.ConnectionString);
        await using var host = await WalHost.StartAsync(
            database, options => options.Broker.Uri = "amqp://guest:guest@127.0.0.1:1/");
        await host.SaveAsync();

        await DeleteLogAsync(database);

        await host.LoggedAsync(1100, "is lost: the server deleted log");
        await host.RefusesSavesAsync("is lost");
        await host.IsUnhealthyAsync("is lost");
        var slot = await database.SlotAsync();
        await database.DropSlotAsync();
        await host.LoggedAsync(3012, $"'{slot}' is gone");
        await host.LoggedAsync(3010, $"'{slot}' was created", times: 2);
        await host.SaveAsync();
    }

    [Fact]
    public async Task A_start_with_a_slot_whose_log_was_deleted_is_refused()
    {
        await server.RestartAsync("max_slot_wal_keep_size=1MB");
        await using var database = await TestDatabase.CreateAsync(server.ConnectionString);
        await (await WalHost.StartAsync(database)).DisposeAsync();
        await DeleteLogAsync(database);
        await using var host = new WalHost(database);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("is lost", refusal.Message, StringComparison.Ordinal);
        await host.RefusesSavesAsync("is lost");
    }

    /// <summary>Writes and deletes log until a slot lacks some.</summary>
    private static Task DeleteLogAsync(TestDatabase database) => Eventually.TrueAsync(
        async () =>
        {
            await database.ExecuteAsync("CREATE TABLE IF NOT EXISTS filler (id int); INSERT INTO filler VALUES (1)");
            await database.ExecuteAsync("SELECT pg_switch_wal()");
            await database.ExecuteAsync("CHECKPOINT");
            return await database.ScalarAsync<bool>(
                "SELECT wal_status = 'lost' FROM pg_replication_slots WHERE database = current_database()");
        },
        () => "the slot has its log still");
}
