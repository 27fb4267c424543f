namespace ModelEvents.Benchmarks;

/// <summary>The publisher that a backlog is drained through.</summary>
internal enum Drain
{
    RabbitMq,
    MassTransit,
}
