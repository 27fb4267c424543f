using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Publishing;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>The database's server ends while events wait or are on their way, and comes back.</summary>
public sealed class RestartedDatabaseTests(RestartedServer server) : IClassFixture<RestartedServer>
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

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
}
