using ModelEvents.Faults.Faulting;
using RabbitMQ.Client;

namespace ModelEvents.Faults.Lines;

/// <summary>Makes the exchange and the two queues of a line, as a consumer's team would.</summary>
internal static class LineBroker
{
    public static async Task CreateAsync(Uri broker, LineQueues queues, CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(
            queues.Exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellationToken);
        await DeclareAsync(queues.QuorumQueue, "quorum");
        await DeclareAsync(queues.ClassicQueue, "classic");

        async Task DeclareAsync(string queue, string type)
        {
            await channel.QueueDeclareAsync(
                queue,
                durable: true,
                exclusive: false,
                autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = type },
                cancellationToken: cancellationToken);
            await channel.QueueBindAsync(queue, queues.Exchange, "#", cancellationToken: cancellationToken);
        }
    }
}
