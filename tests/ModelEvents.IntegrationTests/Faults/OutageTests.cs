using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Faults;

/// <summary>The broker goes away and comes back, for real.</summary>
[Collection(nameof(BrokerOutage))]
public sealed class OutageTests
{
    [Theory]
    [InlineData(DeliveryMode.Outbox)]
    [InlineData(DeliveryMode.Wal)]
    public async Task A_broker_that_was_away_gets_everything_in_order_and_waiting_for_it_costs_next_to_nothing(
        DeliveryMode delivery)
    {
        await using var service = await ParcelService.StartAsync(delivery);
        await using var queue = await service.BindQueueAsync();
        await using var worker = service.StartWorker();
        await service.SaveRoundsAsync(5);
        await queue.WaitForAsync(service.Committed.Count);

        await BrokerOutage.StopBrokerAsync();
        try
        {
            await service.SaveRoundsAsync(10);
            var before = worker.ProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            var used = worker.ProcessorTime - before;
            Assert.True(used < TimeSpan.FromSeconds(1), $"{used.TotalSeconds:F2} s of processor time in 5 s without broker");
            Assert.True(queue.Deliveries.Count < service.Committed.Count);
        }
        finally
        {
            await BrokerOutage.StartBrokerAsync();
        }

        await Eventually.TrueAsync(
            () => new Delivered(queue.Deliveries).First().Count >= service.Committed.Count,
            () => $"{queue.Deliveries.Count} of {service.Committed.Count} arrived",
            TimeSpan.FromSeconds(60));
        new Delivered(queue.Deliveries).ShouldBe(service.Committed);
    }
}
