using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>Two processes dispatch one outbox.</summary>
public sealed class TwoProcessesTests
{
    [Theory]
    [ClassData(typeof(Ways))]
    public async Task Two_processes_publish_each_event_once_and_in_order(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture);
        await using var first = service.StartWorker();
        await using var second = service.StartWorker();
        await first.StartedAsync();
        await second.StartedAsync();

        await service.SaveRoundsAsync(20);

        await service.DeliveredAsync();
        Assert.Equal(0, new Delivered(await service.Queue.SoFarAsync()).Duplicates);
        await service.EmptyAsync();
    }

    [Theory]
    [ClassData(typeof(Ways))]
    public async Task Another_process_takes_over_from_a_killed_one_and_nothing_is_lost(
        DeliveryMode delivery, WorkerPublisher publisher, CaptureSource capture)
    {
        await using var service = await ParcelService.StartAsync(delivery, publisher, capture);
        await using var victim = service.StartWorker();
        await service.SaveRoundsAsync(1);
        await service.DeliveredAsync();
        await using var survivor = service.StartWorker();
        await survivor.StartedAsync();

        var saving = service.SaveRoundsAsync(60);
        await service.Queue.WaitForAsync(300);
        await victim.KillAsync();
        await saving;

        await service.DeliveredAsync();
        await service.EmptyAsync();
    }
}
