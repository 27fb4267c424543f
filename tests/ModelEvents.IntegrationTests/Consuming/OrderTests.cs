using System.Collections.Concurrent;
using MassTransit;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Publishing;

namespace ModelEvents.Tests.Consuming;

public sealed class OrderTests : ReceiverTests
{
    private const int Keys = 8;
    private const int EventsPerKey = 60;

    [Fact]
    public async Task Events_of_one_key_are_handled_one_after_the_other_in_the_order_of_publishing()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.Endpoint.PrefetchCount = 64;
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
        });
        var inWork = new ConcurrentDictionary<string, int>();
        var overlaps = 0;
        host.Consumed.Handle = async context =>
        {
            var key = context.ModelEvent().Key;
            if (!inWork.TryAdd(key, 0))
                Interlocked.Increment(ref overlaps);
            await Task.Yield();
            inWork.TryRemove(key, out _);
        };

        await Shop.PublishAsync(
        [
            .. from sequence in Enumerable.Range(1, EventsPerKey)
               from key in Enumerable.Range(1, Keys)
               select Shop.Event("order__shipped", $$"""{"order_id":{{sequence}}}""", $"{key}", sequence),
        ]);

        var calls = await host.Consumed.WaitForAsync(Keys * EventsPerKey);
        Assert.Equal(0, overlaps);
        Assert.All(
            calls.GroupBy(call => call.Event!.Key),
            key => Assert.Equal(Enumerable.Range(1, EventsPerKey).Select(i => (long)i), key.Select(call => call.Event!.Sequence)));
    }

    [Fact]
    public async Task A_retried_event_holds_back_its_own_key_and_no_other()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
            endpoint.Endpoint.UseMessageRetry(retry => retry.Interval(10_000, TimeSpan.FromMilliseconds(20)));
        });
        var healed = false;
        host.Consumed.Handle = context => context.ModelEvent() is { Key: "1", Sequence: 1 } && !Volatile.Read(ref healed)
            ? throw new NotSupportedException("not yet")
            : Task.CompletedTask;

        await Shop.PublishAsync(
            Shop.Event("order__shipped", """{"order_id":1}""", "1", 1),
            Shop.Event("order__shipped", """{"order_id":2}""", "1", 2),
            Shop.Event("order__shipped", """{"order_id":3}""", "2", 1));

        await Eventually.TrueAsync(
            () => host.Consumed.Messages<OrderDto>().Any(order => order.OrderId == 3),
            () => "the other key was not handled");
        await host.Consumed.WaitForAsync(host.Consumed.Calls.Count + 3);
        Assert.DoesNotContain(host.Consumed.Messages<OrderDto>(), order => order.OrderId == 2);

        Volatile.Write(ref healed, true);
        await Eventually.TrueAsync(
            () => host.Consumed.Messages<OrderDto>().Last().OrderId == 2, () => "the second of the key was not handled");
    }

    [Fact]
    public async Task Events_that_wait_while_the_connection_breaks_are_handled_when_they_come_again()
    {
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await ConsumerHost.StartAsync(
            Shop,
            (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"),
            broker: proxy.Address);
        var lost = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        host.Consumed.Handle = async context =>
        {
            if (host.Consumed.Calls.Count > 1)
                return;

            await using var losing = context.CancellationToken.Register(lost.SetResult);
            await released.Task;
        };
        await Shop.PublishAsync(
        [
            .. Enumerable.Range(1, 3).Select(sequence => Shop.Event("order__shipped", "{}", sequence: sequence)),
        ]);
        await host.Consumed.WaitForAsync(1);

        proxy.Cut();
        await lost.Task.WaitAsync(Eventually.DefaultTimeout, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            async () => !await Broker.HasConsumerAsync(Shop.Queue), () => "the broker did not notice");
        proxy.Mend();
        released.SetResult();

        var calls = await host.Consumed.WaitForAsync(4);
        Assert.Equal([1, 1, 2, 3], calls.Select(call => call.Event!.Sequence));
    }

    [Fact]
    public async Task Events_of_one_key_go_side_by_side_where_no_order_is_wanted()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.KeepOrder = false;
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
        });
        var both = new TaskCompletionSource();
        host.Consumed.Handle = _ =>
        {
            if (host.Consumed.Calls.Count == 2)
                both.TrySetResult();
            return both.Task;
        };

        await Shop.PublishAsync(
            Shop.Event("order__shipped", """{"order_id":1}""", "1", 1),
            Shop.Event("order__shipped", """{"order_id":2}""", "1", 2));

        await both.Task.WaitAsync(Eventually.DefaultTimeout, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Messages_without_a_key_do_not_wait_for_each_other()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));
        var both = new TaskCompletionSource();
        host.Consumed.Handle = _ =>
        {
            if (host.Consumed.Calls.Count == 2)
                both.TrySetResult();
            return both.Task;
        };

        await Shop.PublishAsync("order__shipped", """{"order_id":1}""");
        await Shop.PublishAsync("order__shipped", """{"order_id":2}""");

        await both.Task.WaitAsync(Eventually.DefaultTimeout, TestContext.Current.CancellationToken);
    }
}
