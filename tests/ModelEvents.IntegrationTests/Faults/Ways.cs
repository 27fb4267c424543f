using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>
/// Every way from the database to the broker: each delivery with each publisher, and both captures where there are two.
/// </summary>
internal sealed class Ways : TheoryData<DeliveryMode, WorkerPublisher, CaptureSource>
{
    public Ways()
    {
        foreach (var (delivery, publisher, capture) in All)
            Add(delivery, publisher, capture);
    }

    public static IReadOnlyList<(DeliveryMode Delivery, WorkerPublisher Publisher, CaptureSource Capture)> All { get; } =
    [
        (DeliveryMode.Outbox, WorkerPublisher.MassTransit, CaptureSource.Tracker),
        (DeliveryMode.Outbox, WorkerPublisher.RabbitMq, CaptureSource.Tracker),
        (DeliveryMode.Wal, WorkerPublisher.MassTransit, CaptureSource.Tracker),
        (DeliveryMode.Wal, WorkerPublisher.RabbitMq, CaptureSource.Tracker),
        (DeliveryMode.Wal, WorkerPublisher.RabbitMq, CaptureSource.Log),
    ];
}
