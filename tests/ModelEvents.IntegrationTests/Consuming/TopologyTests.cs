using ModelEvents.Tests.Infrastructure;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Tests.Consuming;

public sealed class TopologyTests : ReceiverTests
{
    [Fact]
    public async Task The_consumer_that_starts_first_declares_the_exchange_as_the_publisher_does()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await AskAsync(channel => channel.ExchangeDeclareAsync(Shop.Exchange, ExchangeType.Topic, durable: true));
        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":7}"""));

        await host.Consumed.WaitForAsync(1);
    }

    [Fact]
    public async Task The_queue_is_a_durable_quorum_queue()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await DeclareQueueAsync("quorum");
        await Assert.ThrowsAsync<OperationInterruptedException>(() => DeclareQueueAsync("classic"));
    }

    [Fact]
    public async Task The_queue_is_a_durable_classic_queue_if_that_is_wanted()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop,
            (endpoint, context) => endpoint.UseClassicQueue().On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await DeclareQueueAsync("classic");
        await Assert.ThrowsAsync<OperationInterruptedException>(() => DeclareQueueAsync("quorum"));
    }

    [Fact]
    public async Task Events_that_nobody_subscribed_to_do_not_reach_the_queue()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await Assert.ThrowsAsync<PublishException>(
            () => Shop.PublishAsync("order__created", """{"order_id":7}"""));
    }

    [Fact]
    public async Task No_exchange_is_declared_for_the_types_of_messages()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        var refusal = await Assert.ThrowsAsync<OperationInterruptedException>(
            () => AskAsync(channel => channel.ExchangeDeclarePassiveAsync("ModelEvents.Tests.Consuming:OrderDto")));
        Assert.Equal((ushort)Constants.NotFound, refusal.ShutdownReason?.ReplyCode);
    }

    [Fact]
    public async Task An_exchange_that_its_service_declares_as_auto_delete_is_declared_so()
    {
        await AskAsync(
            channel => channel.ExchangeDeclareAsync(Shop.Exchange, ExchangeType.Topic, durable: true, autoDelete: true));
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.From(Shop.Name).AutoDelete = true;
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
        });

        await Shop.PublishAsync("order__shipped", """{"order_id":7}""");

        Assert.Equal(new OrderDto(7), Assert.Single(await host.Consumed.WaitForAsync(1)).Message);
    }

    private Task DeclareQueueAsync(string type) => AskAsync(channel => channel.QueueDeclareAsync(
        Shop.Queue,
        durable: true,
        exclusive: false,
        autoDelete: false,
        new Dictionary<string, object?> { ["x-queue-type"] = type }));

    private static async Task AskAsync(Func<IChannel, Task> question)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await question(channel);
    }
}
