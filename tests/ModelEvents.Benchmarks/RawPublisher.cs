using System.Text;
using RabbitMQ.Client;

namespace ModelEvents.Benchmarks;

/// <summary>
/// The limit: RabbitMQ.Client alone with messages like ours, one channel, confirms counted by hand, a bounded number in
/// flight.
/// </summary>
internal sealed class RawPublisher(Uri broker)
{
    private const int Window = 1000;
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(new string('x', 233));

    public async Task PublishAsync(string exchange, string routingKey, int count)
    {
        var factory = new ConnectionFactory { Uri = broker };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, false));
        using var window = new SemaphoreSlim(Window);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong confirmed = 0;
        channel.BasicAcksAsync += (_, ack) =>
        {
            var newly = ack.Multiple ? ack.DeliveryTag - confirmed : 1;
            confirmed += newly;
            window.Release((int)newly);
            if (confirmed >= (ulong)count)
                done.TrySetResult();
            return Task.CompletedTask;
        };

        var properties = Properties(routingKey);
        for (var sent = 0; sent < count; sent++)
        {
            await window.WaitAsync();
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, Body);
        }

        await done.Task;
    }

    /// <summary>Those of an event: the broker takes a third longer for a message that has them.</summary>
    private static BasicProperties Properties(string routingKey) => new()
    {
        DeliveryMode = DeliveryModes.Persistent,
        ContentType = "application/json",
        ContentEncoding = "utf-8",
        MessageId = Guid.CreateVersion7().ToString(),
        Type = routingKey,
        AppId = "benchmark",
        Timestamp = new AmqpTimestamp(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()),
        Headers = new Dictionary<string, object?>
        {
            ["modelevents-action"] = "created",
            ["modelevents-model"] = "ModelEvents.Benchmarks.GuidRow",
            ["modelevents-key"] = Guid.CreateVersion7().ToString(),
            ["modelevents-sequence"] = 1_000_000L,
        },
    };
}
