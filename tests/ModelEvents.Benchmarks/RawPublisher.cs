using System.Text;
using RabbitMQ.Client;

namespace ModelEvents.Benchmarks;

/// <summary>The limit: RabbitMQ.Client alone, one channel, confirms counted by hand, a bounded number in flight.</summary>
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

        var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent, ContentType = "application/json" };
        for (var sent = 0; sent < count; sent++)
        {
            await window.WaitAsync();
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, Body);
        }

        await done.Task;
    }
}
