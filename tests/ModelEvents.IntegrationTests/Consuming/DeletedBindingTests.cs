using ModelEvents.Tests.Infrastructure;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Tests.Consuming;

/// <summary>What binds a queue is deleted while it is consumed.</summary>
public sealed class DeletedBindingTests : ReceiverTests
{
    [Theory]
    [InlineData("binding")]
    [InlineData("exchange")]
    [InlineData("exchange, then declared anew")]
    [InlineData("exchange of the queue")]
    [InlineData("binding of the queue")]
    public async Task The_queue_is_bound_again_by_itself(string deleted)
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));
        await Shop.PublishAsync("order__shipped", """{"order_id":1}""");
        await host.Consumed.WaitForAsync(1);

        await DeleteAsync(deleted);

        await Eventually.TrueAsync(PublishAsync, () => "nothing is bound");
        await host.Consumed.WaitForAsync(2);
    }

    private async Task DeleteAsync(string what)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        if (what == "binding")
            await channel.ExchangeUnbindAsync(Shop.Queue, Shop.Exchange, "order__shipped");
        else if (what == "binding of the queue")
            await channel.QueueUnbindAsync(Shop.Queue, Shop.Queue, "");
        else
            await channel.ExchangeDeleteAsync(what == "exchange of the queue" ? Shop.Queue : Shop.Exchange);

        if (what == "exchange, then declared anew")
            await channel.ExchangeDeclareAsync(Shop.Exchange, ExchangeType.Topic, durable: true);
    }

    /// <summary>On a channel of its own: an exchange that is missing closes it.</summary>
    private async Task<bool> PublishAsync()
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        try
        {
            await channel.BasicPublishAsync(
                Shop.Exchange,
                "order__shipped",
                mandatory: true,
                new BasicProperties { ContentType = "application/json" },
                """{"order_id":2}"""u8.ToArray());
            return true;
        }
        catch (Exception exception) when (exception is PublishException or OperationInterruptedException or AlreadyClosedException)
        {
            return false;
        }
    }
}
