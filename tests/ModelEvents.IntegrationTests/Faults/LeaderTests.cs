using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Publishing;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>A process that leads and gets nothing done, beside one that would.</summary>
public sealed class LeaderTests
{
    [Theory]
    [InlineData(DeliveryMode.Outbox, false)]
    [InlineData(DeliveryMode.Wal, false)]
    [InlineData(DeliveryMode.Outbox, true)]
    public async Task One_that_cannot_reach_the_broker_leaves_the_outbox_to_one_that_can(DeliveryMode delivery, bool isPortable)
    {
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var service = await ParcelService.StartAsync(
            delivery, WorkerPublisher.RabbitMq, isPortable: isPortable);
        await using var leader = service.StartWorker(proxy.Address);
        await leader.StartedAsync();
        await service.SaveRoundsAsync(1);
        await service.DeliveredAsync();
        await using var other = service.StartWorker();
        await other.StartedAsync();

        proxy.Cut();
        await service.SaveRoundsAsync(2);

        await service.DeliveredAsync();
        await leader.LoggedAsync("leaves the outbox");
        await service.EmptyAsync();
    }

    [Theory]
    [InlineData(DeliveryMode.Outbox)]
    [InlineData(DeliveryMode.Wal)]
    public async Task One_that_stands_still_leads_no_more(DeliveryMode delivery)
    {
        await using var service = await ParcelService.StartAsync(delivery, WorkerPublisher.RabbitMq);
        await using var leader = service.StartWorker(pollInterval: TimeSpan.FromMinutes(5));
        await leader.StartedAsync();
        await service.SaveRoundsAsync(1);
        await service.DeliveredAsync();
        await using var other = service.StartWorker();
        await other.StartedAsync();

        await leader.SuspendAsync();
        await service.SaveRoundsAsync(2);

        await service.DeliveredAsync();
        await leader.ResumeAsync();
        await service.SaveRoundsAsync(1);
        await service.DeliveredAsync();
    }
}
