using ModelEvents.Tests.Faults;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Handlers;

/// <summary>A process ends between a handler's work and the note of it.</summary>
public sealed class KilledHandlerTests
{
    // As many as a handler has workers by default.
    private const int AtATime = 4;

    [Theory]
    [InlineData(DeliveryMode.Outbox, false)]
    [InlineData(DeliveryMode.Wal, false)]
    [InlineData(DeliveryMode.Outbox, true)]
    public async Task What_a_killed_process_had_handled_and_not_noted_is_handled_again_with_the_same_id(
        DeliveryMode delivery, bool isPortable)
    {
        await using var service = await ParcelService.StartAsync(
            delivery, WorkerPublisher.RabbitMq, isHandled: true, isPortable: isPortable);
        await service.SaveRoundsAsync(3);
        IReadOnlyList<string> unnoted;
        await using (var first = service.StartWorker(handler: WorkerHandler.Hangs))
        {
            await Eventually.TrueAsync(() => first.Handled.Count == AtATime, () => $"handled {first.Handled.Count}");
            await service.DeliveredAsync();
            unnoted = first.Handled;
            await first.KillAsync();
        }

        await using var second = service.StartWorker(handler: WorkerHandler.Works);
        await Eventually.TrueAsync(
            () => second.Handled.Distinct().Count() == service.Committed.Count, () => $"handled {second.Handled.Count}");
        await service.EmptyAsync();

        Assert.All(unnoted, id => Assert.Single(second.Handled, id));
        var published = service.Queue.Deliveries.Select(one => one.Properties.MessageId!).Distinct();
        Assert.Equal(published.Order(StringComparer.Ordinal), second.Handled.Order(StringComparer.Ordinal));
    }
}
