using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Wal;
using NpgsqlTypes;

namespace ModelEvents.Tests.LogReading;

/// <summary>Slots that are not the ones that were read: what they left out is reported, once, until somebody says so.</summary>
public sealed class SlotLossTests : IAsyncLifetime
{
    private LogFixture _fixture = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _fixture = await LogFixture.CreateAsync("CREATE TABLE meters (id int PRIMARY KEY)", "meters");

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_slot_that_was_dropped_and_made_again_is_reported_and_reading_goes_on()
    {
        await ReadOneAsync();
        await InsertAsync(1);
        var slot = await _fixture.Database.SlotAsync();
        await _fixture.Database.ExecuteAsync(
            $"SELECT pg_drop_replication_slot('{slot}'); SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')");

        await using var host = await _fixture.StartHostAsync();
        await InsertAsync(2);

        Assert.Equal(["meters__created 0", "meters__created 2"], await _fixture.NamesAsync(2));
        await host.LoggedAsync(3021, "somebody dropped it and made it again");
        await IsReportedAsync(host, "somebody dropped it");
        await host.Services.GetRequiredService<IModelEventLog>().AcknowledgeLossAsync(Token);
        Assert.Equal(HealthStatus.Healthy, (await host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task A_slot_that_is_dropped_while_it_is_read_is_replaced_and_reported_until_somebody_has_seen_to_it()
    {
        await using (var host = await _fixture.StartHostAsync())
        {
            await InsertAsync(1);
            await _fixture.NamesAsync(1);
            await _fixture.Database.DropSlotAsync();
            await host.LoggedAsync(3012, "is gone");
            await host.LoggedAsync(3021, "possibly lost");
            await InsertAsync(2);
            await _fixture.NamesAsync(2);
        }

        await using var next = await _fixture.StartHostAsync();

        await IsReportedAsync(next, "somebody dropped it");
        Assert.Empty(next.Log.Lines(3021));
    }

    [Fact]
    public async Task A_slot_that_somebody_moved_on_is_reported()
    {
        await ReadOneAsync();
        await InsertAsync(1);
        await _fixture.Database.ExecuteAsync(
            $"SELECT pg_replication_slot_advance('{await _fixture.Database.SlotAsync()}', pg_current_wal_lsn())");

        await using var host = await _fixture.StartHostAsync();

        await host.LoggedAsync(3021, "or moved it on");
    }

    [Theory]
    [InlineData("system = '1'", "is on")]
    [InlineData("timeline = timeline + 1", "a standby was promoted, or a backup restored")]
    public async Task Another_server_than_before_is_reported(string kept, string because)
    {
        await ReadOneAsync();
        await _fixture.Database.ExecuteAsync($"UPDATE model_events_outbox_slots SET {kept}");

        await using var host = await _fixture.StartHostAsync();

        await host.LoggedAsync(3021, because);
        await IsReportedAsync(host, because);
    }

    [Fact]
    public async Task Restarts_idle_times_and_other_writes_to_the_database_are_no_loss()
    {
        await _fixture.Database.ExecuteAsync("CREATE TABLE others (id int, text text)");
        for (var start = 1; start <= 3; start++)
        {
            await using var host = await _fixture.StartHostAsync();
            await InsertAsync(start);
            await _fixture.NamesAsync(start);
            await _fixture.Database.ExecuteAsync(
                "INSERT INTO others SELECT n, repeat('x', 1000) FROM generate_series(1, 3000) AS n");
            var written = await _fixture.Database.ScalarAsync<NpgsqlLogSequenceNumber>(
                "SELECT pg_current_wal_lsn() - 1048576::numeric");
            await Eventually.TrueAsync(
                async () => await ConfirmedAsync() >= written, () => "the log that nobody needs is kept");
            Assert.Empty(host.Log.Lines(3021));
            Assert.Null((await StatusAsync(host)).PossibleLoss);
        }
    }

    private static async Task IsReportedAsync(WalHost host, string because)
    {
        Assert.Contains(because, (await StatusAsync(host)).PossibleLoss, StringComparison.Ordinal);
        var health = await host.CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains(because, health.Description, StringComparison.Ordinal);
    }

    private static Task<OutboxStatus> StatusAsync(WalHost host) =>
        host.Services.GetRequiredService<IOutboxReader>().GetStatusAsync(Token);

    /// <summary>A process that has read an event and stopped.</summary>
    private async Task ReadOneAsync()
    {
        await using var host = await _fixture.StartHostAsync();
        await InsertAsync(0);
        await _fixture.NamesAsync(1);
    }

    private Task<int> InsertAsync(int id) => _fixture.Database.ExecuteAsync($"INSERT INTO meters VALUES ({id})");

    private Task<NpgsqlLogSequenceNumber> ConfirmedAsync() =>
        _fixture.Database.ScalarAsync<NpgsqlLogSequenceNumber>(
            "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE database = current_database()");
}
