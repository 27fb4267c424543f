namespace ModelEvents.TestWorker;

/// <summary>What a worker puts events on the broker with.</summary>
public enum WorkerPublisher
{
    /// <summary><c>PublishWithMassTransit</c>.</summary>
    MassTransit,

    /// <summary><c>PublishToRabbitMq</c>.</summary>
    RabbitMq,
}
