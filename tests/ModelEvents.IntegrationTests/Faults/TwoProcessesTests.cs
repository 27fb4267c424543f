using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Faults;

/// <summary>Two processes dispatch one outbox.</summary>
public sealed class TwoProcessesTests
{
    // The hard upper bound of a takeover, with room for the publishing itself on a slow machine.
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Two_processes_publish_each_event_once_and_in_order()
    {
        await using var service = await ParcelService.StartAsync();
        await using var queue = await service.BindQueueAsync();
        await using var first = service.StartWorker();
        await using var second = service.StartWorker();
        await LedAsync(service);

        await service.SaveRoundsAsync(20);

        var delivered = new Delivered(await queue.WaitForAsync(service.Committed.Count));
        delivered.ShouldBe(service.Committed);
        Assert.Equal(0, delivered.Duplicates);
        await EmptyAsync(service, Eventually.DefaultTimeout);
    }

    [Fact]
    public async Task A_killed_process_is_replaced_and_nothing_is_lost()
    {
        await using var service = await ParcelService.StartAsync();
        await using var queue = await service.BindQueueAsync();
        await using var victim = service.StartWorker();
        var leader = await LedAsync(service);
        await using var survivor = service.StartWorker();

        var saving = service.SaveRoundsAsync(60);
        await queue.WaitForAsync(200);
        await victim.KillAsync();
        await saving;

        await EmptyAsync(service, Takeover);
        await Eventually.TrueAsync(
            () => new Delivered(queue.Deliveries).First().Count >= service.Committed.Count,
            () => $"{queue.Deliveries.Count} of {service.Committed.Count} arrived");
        new Delivered(queue.Deliveries).ShouldBe(service.Committed);
        Assert.NotEqual(leader, await service.LeaderAsync());
    }

    private static async Task<int> LedAsync(ParcelService service)
    {
        var leader = 0;
        await Eventually.TrueAsync(async () => (leader = await service.LeaderAsync()) != 0, () => "nobody leads");
        return leader;
    }

    private static Task EmptyAsync(ParcelService service, TimeSpan timeout) => Eventually.TrueAsync(
        async () => await service.CountWaitingAsync() == 0, () => "events are left in the outbox", timeout);
}
