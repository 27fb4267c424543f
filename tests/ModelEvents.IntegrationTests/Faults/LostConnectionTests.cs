using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Publishing;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>The server ends every connection of a process in the middle of a drain.</summary>
public sealed class LostConnectionTests
{
    [Theory]
    [ClassData(typeof(Ways))]
    public async Task A_process_connects_again_and_nothing_is_lost(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture);
        await service.SaveRoundsAsync(80);
        var backlog = service.Committed.Count;
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        proxy.FreezeAfter(ParcelService.BytesOfSome);
        await using var worker = service.StartWorker(proxy.Address);
        await service.Queue.WaitForAsync(100);

        await service.SaveThroughAsync(async () =>
        {
            await service.EndConnectionsAsync();
            await service.HalfDeliveredAsync(backlog);
            proxy.Mend();
        });

        await service.DeliveredAsync();
    }
}
