using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>A long transaction: its event was written before others, and can be seen only after they were delivered.</summary>
public sealed class LateCommitTests
{
    [Theory]
    [ClassData(typeof(Ways))]
    public async Task An_early_event_that_is_committed_late_holds_nothing_up_and_is_not_lost(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture);
        await using var worker = service.StartWorker();
        await service.SaveRoundsAsync(1);
        await using var late = await service.BeginChangeAsync();

        await service.SaveRoundsAsync(20);
        await service.DeliveredAsync();
        await service.EmptyAsync();
        await late.CommitAsync();
        await service.SaveRoundsAsync(2);

        await service.DeliveredAsync();
    }

    [Theory]
    [ClassData(typeof(Ways))]
    public async Task It_is_not_lost_either_when_the_process_that_delivered_the_later_ones_is_killed(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture);
        await service.SaveRoundsAsync(1);
        await using var late = await service.BeginChangeAsync();
        await using (var first = service.StartWorker())
        {
            await service.SaveRoundsAsync(20);
            await service.DeliveredAsync();
            await first.KillAsync();
        }

        await late.CommitAsync();
        await using var second = service.StartWorker();

        await service.DeliveredAsync();
    }
}
