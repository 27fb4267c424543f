using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>Every way from the database to the broker: each delivery with each publisher.</summary>
internal sealed class Ways : TheoryData<DeliveryMode, WorkerPublisher>
{
    public Ways()
    {
        foreach (var (delivery, publisher) in All)
            Add(delivery, publisher);
    }

    public static IReadOnlyList<(DeliveryMode Delivery, WorkerPublisher Publisher)> All { get; } =
    [
        (DeliveryMode.Outbox, WorkerPublisher.MassTransit),
        (DeliveryMode.Outbox, WorkerPublisher.RabbitMq),
        (DeliveryMode.Wal, WorkerPublisher.MassTransit),
        (DeliveryMode.Wal, WorkerPublisher.RabbitMq),
    ];
}
