using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>What tests do to the broker beside the programs that they look at.</summary>
internal static class Broker
{
    public static async Task PublishAsync(string exchange, string routingKey, string body, Guid id)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties { MessageId = id.ToString(), ContentType = "application/json" };
        await channel.BasicPublishAsync(exchange, routingKey, true, properties, Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Whether somebody consumes that queue.</summary>
    public static Task<bool> HasConsumerAsync(string queue) =>
        AskAsync(async channel => await channel.ConsumerCountAsync(queue) > 0);

    /// <summary>Whether all messages of that queue were delivered.</summary>
    public static Task<bool> IsEmptyAsync(string queue) =>
        AskAsync(async channel => await channel.MessageCountAsync(queue) == 0);

    /// <summary>How many messages wait in a queue, and for how many consumers.</summary>
    public static async Task<string> DescribeQueueAsync(string queue)
    {
        var description = $"The queue '{queue}' is not there";
        await AskAsync(async channel =>
        {
            var state = await channel.QueueDeclarePassiveAsync(queue);
            description = $"The queue holds {state.MessageCount} messages for {state.ConsumerCount} consumers";
            return true;
        });
        return description;
    }

    /// <summary>Takes all messages out of a queue and returns their bodies; none if there is no such queue.</summary>
    public static async Task<IReadOnlyList<string>> TakeAllAsync(string queue)
    {
        List<string> bodies = [];
        await AskAsync(async channel =>
        {
            while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
                bodies.Add(Encoding.UTF8.GetString(message.Body.Span));
            return true;
        });
        return bodies;
    }

    public static Task DeleteQueueAsync(string queue) =>
        AskAsync(async channel => await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false) >= 0);

    public static Task DeleteExchangeAsync(string exchange) =>
        AskAsync(async channel =>
        {
            await channel.ExchangeDeleteAsync(exchange);
            return true;
        });

    /// <summary>Returns false when what is asked for is not there.</summary>
    private static async Task<bool> AskAsync(Func<IChannel, Task<bool>> question)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return await question(channel);
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }
}
