using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Publishing;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>The only dispatching process ends in the middle of its work.</summary>
public sealed class KilledProcessTests
{
    [Theory]
    [ClassData(typeof(Ways))]
    public async Task A_killed_process_and_its_successor_deliver_everything_that_was_committed(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture);
        await service.SaveRoundsAsync(80);
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        proxy.FreezeAfter(ParcelService.BytesOfSome);
        await using (var first = service.StartWorker(proxy.Address))
        {
            await service.Queue.WaitForAsync(100);
            await first.KillAsync();
        }

        await service.HalfDeliveredAsync(service.Committed.Count);
        await service.SaveRoundsAsync(5);
        await using var second = service.StartWorker();
        await service.DeliveredAsync();
    }

    [Theory]
    [ClassData(typeof(Ways))]
    public async Task A_process_that_stops_in_good_order_leaves_nothing_to_repeat(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture);
        await using (var first = service.StartWorker())
        {
            await service.SaveRoundsAsync(5);
            await service.DeliveredAsync();
            await first.StopAsync();
        }

        await using var second = service.StartWorker();
        await service.SaveRoundsAsync(5);
        await service.DeliveredAsync();
        Assert.Equal(0, new Delivered(await service.Queue.SoFarAsync()).Duplicates);
    }
}
