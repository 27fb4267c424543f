using System.Diagnostics;
using MassTransit;
using ModelEvents.Consuming;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Consuming;

public sealed class EventTests : ReceiverTests
{
    [Fact]
    public async Task The_event_of_a_message_says_what_its_publisher_said()
    {
        await using var host = await StartAsync();
        var published = Shop.Event("order__shipped", """{"order_id":7}""", "Zoë", 1L << 40) with
        {
            Headers = new Dictionary<string, string>
            {
                [EventHeaders.Action] = "updated",
                [EventHeaders.Changed] = "status,total",
                [EventHeaders.PreviousStatus] = "open",
            },
        };

        await Shop.PublishAsync(published);

        var received = Assert.Single(await host.Consumed.WaitForAsync(1)).Event!;
        Assert.Equal(["status", "total"], received.ChangedProperties);
        Assert.Equal(
            new ReceivedEvent
            {
                Id = published.Id,
                Name = "order__shipped",
                Service = Shop.Name,
                Model = "Shop.Order",
                Key = "Zoë",
                Action = ChangeAction.Updated,
                Sequence = 1L << 40,
                ChangedProperties = received.ChangedProperties,
                PreviousStatus = "open",
                OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            },
            received);
    }

    [Fact]
    public async Task The_event_before_is_known_where_the_publisher_says_it()
    {
        await using var host = await StartAsync();
        var properties = Foreign();
        properties.Headers![EventHeaders.PreviousSequence] = 3;

        await Shop.PublishAsync("order__shipped", """{"order_id":7}""", properties);

        var received = Assert.Single(await host.Consumed.WaitForAsync(1)).Event!;
        Assert.Equal((4L, 3L), (received.Sequence, received.PreviousSequence));
    }

    [Fact]
    public async Task A_message_that_is_none_of_ours_says_which_header_is_missing()
    {
        await using var host = await StartAsync();
        InvalidOperationException? mistake = null;
        host.Consumed.Handle = context =>
        {
            mistake = Assert.Throws<InvalidOperationException>(() => context.ModelEvent());
            return Task.CompletedTask;
        };

        await Shop.PublishAsync("order__shipped", """{"order_id":7}""");
        await host.Consumed.WaitForAsync(1);
        await host.DisposeAsync();

        Assert.StartsWith(
            "The message 'order__shipped' has no header 'modelevents-model'", mistake?.Message, StringComparison.Ordinal);
        Assert.Null(host.Consumed.Calls[0].Event);
    }

    [Fact]
    public async Task An_event_is_handled_in_the_trace_of_its_save()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ModelEvents",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await StartAsync();
        Activity? current = null;
        host.Consumed.Handle = _ =>
        {
            current = Activity.Current;
            return Task.CompletedTask;
        };
        var published = Shop.Event("order__shipped", """{"order_id":7}""");

        await Shop.PublishAsync(published with
        {
            Headers = new Dictionary<string, string>(published.Headers)
            {
                [EventHeaders.TraceParent] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            },
        });

        await host.Consumed.WaitForAsync(1);
        await host.DisposeAsync();
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", current?.TraceId.ToHexString());
        Assert.Equal("b7ad6b7169203331", current?.ParentSpanId.ToHexString());
        Assert.Equal("process order__shipped", current?.OperationName);
    }

    private BasicProperties Foreign() => new()
    {
        MessageId = Guid.CreateVersion7().ToString(),
        AppId = Shop.Name,
        Timestamp = new AmqpTimestamp(1_767_323_045),
        Headers = new Dictionary<string, object?>
        {
            [EventHeaders.Model] = "Shop.Order",
            [EventHeaders.Action] = "updated",
            [EventHeaders.Key] = "1",
            [EventHeaders.Sequence] = "4",
        },
    };

    private Task<ConsumerHost> StartAsync() => ConsumerHost.StartAsync(
        Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));
}
