using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Tests.Infrastructure;

[Collection(nameof(BrokerOutage))]
public sealed class BrokerOutageTests
{
    [Fact]
    public async Task A_queue_that_survives_an_outage_goes_on_with_what_is_published_after_it()
    {
        var exchange = $"outage-tests-{Guid.CreateVersion7():N}";
        await using var queue = await RabbitQueue.BindAsync(exchange, survivesOutage: true);
        await PublishAsync(exchange, 1);
        await queue.WaitForAsync(1);

        await BrokerOutage.StopBrokerAsync();
        try
        {
            await Assert.ThrowsAsync<BrokerUnreachableException>(RabbitQueue.ConnectAsync);
        }
        finally
        {
            await BrokerOutage.StartBrokerAsync();
        }

        await PublishAsync(exchange, 2);
        var deliveries = await queue.WaitForAsync(2);

        Assert.Equal([1, 2], deliveries.Select(delivery => delivery.Body[0]));
    }

    private static async Task PublishAsync(string exchange, byte body)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync(exchange, "order__created", true, new ReadOnlyMemory<byte>([body]));
    }
}
