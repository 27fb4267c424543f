using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Tests.Consuming;

/// <summary>A queue has bindings of more events than its consumers subscribe to, as of an earlier version.</summary>
public sealed class NarrowedTests : ReceiverTests
{
    private string SkippedQueue => $"{Shop.Queue}_skipped";

    [Fact]
    public async Task Events_that_nobody_subscribed_to_are_told_once_for_each_name_and_kept()
    {
        await SubscribeToBothAsync();
        using var log = new RecordedLog();
        await using var host = await ConsumerHost.StartAsync(
            Shop,
            (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__created"),
            services => services.AddSingleton<ILoggerProvider>(log));

        await Shop.PublishAsync("order__shipped", """{"order_id":1}""");
        await Shop.PublishAsync("order__shipped", """{"order_id":2}""");
        await Shop.PublishAsync("order__created", """{"order_id":3}""");

        await Eventually.TrueAsync(
            async () => await Service.CountAsync(SkippedQueue) == 2, () => "what nobody subscribed to is not kept");
        Assert.Equal([new OrderDto(3)], (await host.Consumed.WaitForAsync(1)).Select(call => call.Message));
        Assert.Equal(
            $"Nobody has subscribed to the event 'order__shipped' of '{Shop.Name}' that came to the queue {Shop.Queue}, which still "
            + $"has or already has a binding for it: it is moved to {Shop.Queue}_skipped. If it is not wanted any more, add its "
            + "name, or '#', to 'Ignore'",
            Assert.Single(log.Lines(4104)));
    }

    [Theory]
    [InlineData("order__shipped")]
    [InlineData("#")]
    public async Task Events_that_are_ignored_are_dropped_and_come_no_more(string ignored)
    {
        await SubscribeToBothAsync(all: ignored == "#");
        await Shop.PublishAsync("order__shipped", """{"order_id":1}""");
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) => endpoint
            .On<OrderDto, OrderConsumer>(context, "order__created").Ignore(ignored));

        await Eventually.TrueAsync(IsUnboundAsync, () => "the queue is still bound");

        await Shop.PublishAsync("order__created", """{"order_id":3}""");
        Assert.Equal([new OrderDto(3)], (await host.Consumed.WaitForAsync(1)).Select(call => call.Message));
        await Eventually.TrueAsync(async () => await Service.CountAsync(Shop.Queue) == 0, () => "the queue is not empty");
        Assert.Equal(0u, await Service.CountAsync(SkippedQueue));
    }

    [Fact]
    public void What_is_subscribed_to_cannot_be_ignored()
    {
        using var host = ConsumerHost.Build(Shop, (endpoint, context) => endpoint
            .On<OrderDto, OrderConsumer>(context, "order__created").Ignore("order__created"));

        Assert.Equal(
            $"'order__created' is both subscribed to and ignored on the queue '{Shop.Queue}'. Remove one of the two.",
            Assert.ThrowsAny<Exception>(() => host.Services.GetRequiredService<MassTransit.IBusControl>())
                .GetBaseException().Message);
    }

    private async Task SubscribeToBothAsync(bool all = false)
    {
        string[] names = all ? ["#"] : ["order__created", "order__shipped"];
        await using var before = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, names));
    }

    private async Task<bool> IsUnboundAsync()
    {
        try
        {
            await Shop.PublishAsync("order__shipped", """{"order_id":2}""");
            return false;
        }
        catch (PublishException)
        {
            return true;
        }
    }
}
