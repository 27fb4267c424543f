using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Faults;

/// <summary>The only dispatching process is killed in the middle of its work.</summary>
public sealed class KilledProcessTests
{
    [Fact]
    public async Task A_killed_process_and_its_successor_deliver_everything_that_was_committed()
    {
        await using var service = await ParcelService.StartAsync();
        await using var queue = await service.BindQueueAsync();
        await using (var first = service.StartWorker())
        {
            var saving = service.SaveRoundsAsync(60);
            await queue.WaitForAsync(300);
            await first.KillAsync();
            await saving;
        }

        Assert.True(await service.CountWaitingAsync() > 0);
        await using var second = service.StartWorker();
        await Eventually.TrueAsync(
            () => new Delivered(queue.Deliveries).First().Count >= service.Committed.Count,
            () => $"{queue.Deliveries.Count} of {service.Committed.Count} arrived");
        new Delivered(queue.Deliveries).ShouldBe(service.Committed);
    }
}
