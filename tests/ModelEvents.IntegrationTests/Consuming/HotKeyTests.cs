using MassTransit;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Consuming;

/// <summary>One key has more events in the queue than are handled at once, and its first takes long.</summary>
public sealed class HotKeyTests : ReceiverTests
{
    [Fact]
    public async Task Events_of_other_keys_pass_it()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));
        var healed = new TaskCompletionSource();
        host.Consumed.Handle = context => context.ModelEvent().Key == "hot" ? healed.Task : Task.CompletedTask;

        await Shop.PublishAsync([.. Hot(100), Shop.Event("order__shipped", "{}", "other")]);

        await Eventually.TrueAsync(
            () => host.Consumed.Calls.Any(call => call.Event!.Key == "other"), () => "the other key was not handled");
        Assert.Single(host.Consumed.Calls, call => call.Event!.Key == "hot");
        healed.SetResult();
        var calls = await host.Consumed.WaitForAsync(101);
        Assert.Equal(
            Enumerable.Range(1, 100).Select(number => (long)number),
            calls.Where(call => call.Event!.Key == "hot").Select(call => call.Event!.Sequence));
    }

    [Fact]
    public async Task Those_that_wait_take_no_place_of_the_concurrency_that_is_set()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.Endpoint.PrefetchCount = 64;
            endpoint.Endpoint.ConcurrentMessageLimit = 2;
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
        });
        var healed = new TaskCompletionSource();
        var (running, most) = (0, 0);
        host.Consumed.Handle = async context =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            if (context.ModelEvent().Key == "hot")
                await healed.Task;
            await Task.Yield();
            Interlocked.Decrement(ref running);
        };

        await Shop.PublishAsync(
            [.. Hot(10), .. Enumerable.Range(1, 30).Select(key => Shop.Event("order__shipped", "{}", $"{key}"))]);

        await host.Consumed.WaitForAsync(31);
        healed.SetResult();
        await host.Consumed.WaitForAsync(40);
        Assert.Equal(2, most);
    }

    private IEnumerable<ModelEvent> Hot(int count) => Enumerable.Range(1, count).Select(
        sequence => Shop.Event("order__shipped", "{}", "hot", sequence));

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
            seen = Interlocked.CompareExchange(ref most, value, seen) is var now && now == seen ? value : now;
    }
}
