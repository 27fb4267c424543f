using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Publishing;
using ModelEvents.Tests.Wal;
using ModelEvents.TestWorker;
using Npgsql;

namespace ModelEvents.Tests.Faults;

/// <summary>The database's server ends while events wait or are on their way, and comes back.</summary>
public sealed class RestartedDatabaseTests(RestartedServer server) : IClassFixture<RestartedServer>
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [ClassData(typeof(Ways))]
    public async Task Nothing_is_lost_when_the_server_crashes_in_the_middle_of_a_drain(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture, server);
        await service.SaveRoundsAsync(80);
        var backlog = service.Committed.Count;
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        proxy.FreezeAfter(ParcelService.BytesOfSome);
        await using var worker = service.StartWorker(proxy.Address);
        await service.Queue.WaitForAsync(100);

        await service.SaveThroughAsync(async () =>
        {
            await server.CrashAsync();
            await service.HalfDeliveredAsync(backlog);
            await server.StartAsync();
            proxy.Mend();
        });

        await service.DeliveredAsync(Recovery);
    }

    [Theory]
    [ClassData(typeof(Ways))]
    public async Task A_server_that_is_stopped_does_not_wait_for_the_broker_and_loses_nothing(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture, server);
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var worker = service.StartWorker(proxy.Address);
        await service.SaveRoundsAsync(1);
        await service.DeliveredAsync();

        proxy.Cut();
        await service.SaveRoundsAsync(20);
        await worker.LoggedAsync("Nothing can be published");
        await service.SaveThroughAsync(async () =>
        {
            await server.StopAsync();
            await server.StartAsync();
        });
        proxy.Mend();

        await service.DeliveredAsync(Recovery);
    }

    [Fact]
    public async Task A_server_that_is_stopped_does_not_wait_for_a_reader_of_the_log_that_has_nothing_to_do()
    {
        await using var service = await ParcelService.StartAsync(
            DeliveryMode.Wal, WorkerPublisher.RabbitMq, CaptureSource.Log, server);
        await using var worker = service.StartWorker(pollInterval: TimeSpan.FromMinutes(5));
        await service.SaveRoundsAsync(1);
        await service.DeliveredAsync();

        await server.StopAsync();
        await worker.LoggedAsync("cannot be reached");
        await server.StartAsync();

        service.LeaveConnections();
        await service.SaveRoundsAsync(1);
        await service.DeliveredAsync(Recovery);
    }

    [Fact]
    public async Task A_slot_is_made_though_what_it_waits_for_can_be_told_no_more()
    {
        await using var database = await TestDatabase.CreateAsync(server.ConnectionString);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var open = await connection.BeginTransactionAsync(Token);
        await new NpgsqlCommand("CREATE TABLE others (id int)", connection).ExecuteNonQueryAsync(Token);
        await using var host = new WalHost(database);
        await host.CreateTablesAsync();

        var start = host.StartAsync();
        await host.LoggedAsync(3014, "in a transaction since");
        Assert.Equal(1, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM (
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND backend_type = 'client backend' AND query LIKE '%in a transaction since%'
                    AND pid <> pg_backend_pid()) AS ended
            """));
        await Eventually.TrueAsync(
            () => database.ScalarAsync<bool>(
                "SELECT now() - min(query_start) > interval '11 s' FROM pg_stat_activity WHERE query LIKE 'CREATE_REPLICATION_SLOT%'"),
            () => "the slot is not waited for");
        await open.CommitAsync(Token);

        await start;
        await host.SaveAsync();
        Assert.Single(host.Log.Lines(3010));
        Assert.Empty(host.Log.Lines(1100));
        Assert.Empty(host.Log.Lines(3013));
    }
}
