using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

public abstract partial class PublisherContract
{
    [Fact]
    public async Task Events_of_a_key_arrive_in_order_while_many_keys_go_in_parallel()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();
        var one = TestEvents.Interleaved(_service, "a", keyCount: 100, eventsPerKey: 10);
        var other = TestEvents.Interleaved(_service, "b", keyCount: 5, eventsPerKey: 200);

        var outcomes = await Task.WhenAll(host.PublishAsync(one), host.PublishAsync(other));

        Assert.All(outcomes, AssertConfirmed);
        var deliveries = await queue.WaitForAsync(2000);
        Assert.Equal(2000, deliveries.Count);
        foreach (var key in deliveries.GroupBy(delivery => delivery.Header("modelevents-key")))
        {
            Assert.Equal(
                Enumerable.Range(1, key.Count()).Select(sequence => (object)(long)sequence),
                key.Select(delivery => delivery.Properties.Headers!["modelevents-sequence"]));
        }
    }

    [Fact]
    public async Task No_events_have_no_outcomes()
    {
        await using var host = await StartAsync();

        Assert.Empty(await host.PublishAsync([]));
    }

    [Fact]
    public async Task Later_events_of_a_key_are_held_when_one_is_not_confirmed()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();

        var outcomes = await host.PublishAsync(
            Event("1", 1), Event("1", 2) with { Body = TooLarge() }, Event("1", 3), Event("1", 4));

        Assert.Equal(
            [PublishStatus.Confirmed, PublishStatus.Refused, PublishStatus.Held, PublishStatus.Held],
            outcomes.Select(outcome => outcome.Status));
        Assert.Equal(1L, Assert.Single(await queue.WaitForAsync(1)).Properties.Headers!["modelevents-sequence"]);
    }
}
