using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

public abstract partial class PublisherContract
{
    [Fact]
    public async Task An_event_that_no_queue_receives_is_unroutable_and_lets_the_next_of_its_key_go()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange, "order__updated");
        await using var host = await StartAsync();

        var outcomes = await host.PublishAsync(Event(), Event(sequence: 2, name: "order__updated"), Event("2"));

        Assert.Equal(
            [PublishStatus.Unroutable, PublishStatus.Confirmed, PublishStatus.Unroutable],
            outcomes.Select(outcome => outcome.Status));
        Assert.Contains(Exchange, outcomes[0].Error, StringComparison.Ordinal);
        Assert.Equal("order__updated", Assert.Single(await queue.WaitForAsync(1)).RoutingKey);
    }

    [Fact]
    public async Task Events_that_no_queue_receives_are_told_apart_from_many_that_one_does()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange, "order__updated");
        await using var host = await StartAsync();
        ModelEvent[] events =
            [.. Enumerable.Range(0, 1000).Select(key => Event($"{key}", name: key % 3 == 0 ? "order__created" : "order__updated"))];

        var outcomes = await host.PublishAsync(events);

        Assert.Equal(
            events.Select(one => one.Name == "order__created" ? PublishStatus.Unroutable : PublishStatus.Confirmed),
            outcomes.Select(outcome => outcome.Status));
    }

    [Fact]
    public async Task An_unroutable_event_holds_its_key_where_it_is_to_be_parked()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange, "order__updated");
        await using var host = await StartAsync(options => options.Unroutable = UnroutableEvents.Park);

        var outcomes = await host.PublishAsync(Event(), Event(sequence: 2, name: "order__updated"));

        Assert.Equal([PublishStatus.Unroutable, PublishStatus.Held], outcomes.Select(outcome => outcome.Status));
    }

    [Fact]
    public async Task An_event_that_the_broker_rejects_is_refused_and_others_go_on()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange, "order__updated");
        await using var full = await FullQueueAsync("order__created");
        await using var host = await StartAsync();

        var outcomes = await host.PublishAsync(Event("1"), Event("2", name: "order__updated"));

        Assert.Equal([PublishStatus.Refused, PublishStatus.Confirmed], outcomes.Select(outcome => outcome.Status));
        Assert.Contains("basic.nack", outcomes[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_is_too_large_for_the_broker_is_refused_and_others_get_through()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();
        var poison = Event("poison") with { Body = TooLarge() };
        var others = Enumerable.Range(0, 300).Select(key => Event($"{key}")).ToArray();

        var outcomes = await host.PublishAsync([.. others[..150], poison, .. others[150..]]);
        var refused = others.Where((_, index) => !IsConfirmed(outcomes[index < 150 ? index : index + 1])).ToArray();
        var alone = await host.PublishAsync(poison);
        var again = await host.PublishAsync(refused);

        Assert.Equal(PublishStatus.Refused, outcomes[150].Status);
        Assert.Contains("size", outcomes[150].Error, StringComparison.Ordinal);
        Assert.Equal(PublishStatus.Refused, alone[0].Status);
        AssertConfirmed(again);
        var arrived = await queue.WaitForAsync(300);
        Assert.Equal(
            others.Select(other => other.Key).Order(),
            arrived.Select(delivery => delivery.Header("modelevents-key")!).Distinct().Order());

        static bool IsConfirmed(PublishOutcome outcome) => outcome.Status is PublishStatus.Confirmed;
    }

    [Fact]
    public async Task A_name_that_amqp_cannot_carry_is_refused()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();

        var outcomes = await host.PublishAsync(Event("1", name: new string('n', 256)), Event("2"));

        Assert.Equal([PublishStatus.Refused, PublishStatus.Confirmed], outcomes.Select(outcome => outcome.Status));
    }

    // 16 MiB is the limit of config/rabbitmq.conf.
    private static byte[] TooLarge() => new byte[(16 * 1024 * 1024) + 1];

    private async Task<IAsyncDisposable> FullQueueAsync(string routingKey)
    {
        var connection = await RabbitQueue.ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        var arguments = new Dictionary<string, object?> { ["x-max-length"] = 0, ["x-overflow"] = "reject-publish" };
        var queue = await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, arguments);
        await channel.QueueBindAsync(queue.QueueName, Exchange, routingKey);
        return connection;
    }
}
