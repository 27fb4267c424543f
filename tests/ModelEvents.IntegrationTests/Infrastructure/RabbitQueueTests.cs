using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit.Sdk;

namespace ModelEvents.Tests.Infrastructure;

public sealed class RabbitQueueTests
{
    private readonly string _exchange = $"queue-tests-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_queue_collects_what_is_published_in_order()
    {
        await using var queue = await RabbitQueue.BindAsync(_exchange);

        await PublishAsync("order__created", "first");
        await PublishAsync("order__updated", "second");
        var deliveries = await queue.WaitForAsync(2);

        Assert.Equal(["order__created", "order__updated"], deliveries.Select(delivery => delivery.RoutingKey));
        Assert.Equal(["first", "second"], deliveries.Select(delivery => delivery.Text));
        Assert.Equal([0, 1], deliveries.Select(delivery => delivery.Order));
        Assert.All(deliveries, delivery => Assert.Equal(_exchange, delivery.Exchange));
        Assert.Equal("text/plain", deliveries[0].Properties.ContentType);
        Assert.Equal("Shop.Order", deliveries[0].Header("modelevents-model"));
        Assert.Null(deliveries[0].Header("absent"));
    }

    [Fact]
    public async Task A_queue_gets_only_what_its_routing_key_asks_for()
    {
        await using var updated = await RabbitQueue.BindAsync(_exchange, "order__updated");
        await using var all = await RabbitQueue.BindAsync(_exchange);

        await PublishAsync("order__created", "first");
        await PublishAsync("order__updated", "second");
        await all.WaitForAsync(2);

        Assert.Equal("second", Assert.Single(await updated.WaitForAsync(1)).Text);
    }

    [Fact]
    public async Task Waiting_in_vain_tells_what_did_arrive()
    {
        await using var queue = await RabbitQueue.BindAsync(_exchange);
        await PublishAsync("order__created", "the only one");
        await queue.WaitForAsync(1);

        var failure = await Assert.ThrowsAsync<FailException>(
            () => queue.WaitForAsync(2, TimeSpan.FromMilliseconds(100)));

        Assert.Contains("2 messages expected, 1 arrived.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("order__created the only one", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_broker_refuses_a_body_over_16_MiB()
    {
        await using var queue = await RabbitQueue.BindAsync(_exchange);

        var refusal = await Assert.ThrowsAnyAsync<OperationInterruptedException>(
            () => PublishAsync("order__created", new string('x', 17 << 20)));
        Assert.Equal((ushort)Constants.PreconditionFailed, refusal.ShutdownReason?.ReplyCode);
        await PublishAsync("order__created", "small");

        Assert.Equal("small", Assert.Single(await queue.WaitForAsync(1)).Text);
    }

    private async Task PublishAsync(string routingKey, string body)
    {
        await using var connection = await RabbitQueue.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties
        {
            ContentType = "text/plain",
            Headers = new Dictionary<string, object?> { ["modelevents-model"] = "Shop.Order" },
        };
        await channel.BasicPublishAsync(_exchange, routingKey, true, properties, Encoding.UTF8.GetBytes(body));
    }
}
