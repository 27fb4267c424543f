using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Inbox;
using ModelEvents.Tests.Infrastructure;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Consuming;

/// <summary>RabbitMQ on the one side, the consumer's own database on the other.</summary>
public sealed class TableInboxTests : ReceiverTests
{
    [Fact]
    public async Task A_duplicate_writes_nothing_more()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await StartAsync(database);
        var twice = Shop.Event("order__shipped", """{"order_id":7}""");

        await Shop.PublishAsync(twice, twice, Shop.Event("order__shipped", """{"order_id":8}""", sequence: 2));
        await Eventually.TrueAsync(
            async () => await database.CountAsync("model_events_inbox") == 2 && await Service.CountAsync(Shop.Queue) == 0,
            () => "the events were not handled");
        await host.DisposeAsync();

        Assert.Equal("7,8", await database.ScalarAsync<string>("""SELECT string_agg("Text", ',' ORDER BY "Id") FROM "Bills" """));
        Assert.Equal(0u, await Service.CountAsync($"{Shop.Queue}_skipped"));
    }

    [Fact]
    public async Task A_handler_that_fails_after_its_save_has_written_nothing_and_is_tried_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await StartAsync(database);
        host.Consumed.Handle = async context =>
        {
            Assert.Equal(0, await database.CountAsync("model_events_inbox"));
            Assert.Equal(0, await database.CountAsync("\"Bills\""));
            if (host.Consumed.Calls.Count < 3)
                throw new NotSupportedException("not yet");
        };

        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":7}"""));
        await host.Consumed.WaitForAsync(3);
        await host.DisposeAsync();

        Assert.Equal(3, host.Consumed.Calls.Count);
        Assert.Equal(1, await database.CountAsync("\"Bills\""));
        Assert.Equal(1, await database.CountAsync("model_events_inbox"));
        Assert.Equal(0u, await Service.CountAsync(Shop.ErrorQueue));
    }

    [Fact]
    public async Task A_handler_that_fails_for_good_leaves_neither_writes_nor_a_note()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await StartAsync(database);
        host.Consumed.Handle = _ => throw new NotSupportedException("not today");

        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":7}"""));
        await Service.TakeAsync(Shop.ErrorQueue);

        Assert.Equal(3, host.Consumed.Calls.Count);
        Assert.Equal(0, await database.CountAsync("\"Bills\""));
        Assert.Equal(0, await database.CountAsync("model_events_inbox"));
    }

    [Fact]
    public async Task A_stale_event_is_dropped_and_those_of_other_publishers_are_never_stale()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await StartAsync(database, inbox => inbox.DropStale = true);

        await Shop.PublishAsync(
            Shop.Event("order__shipped", """{"order_id":2}""", sequence: 2),
            Shop.Event("order__shipped", """{"order_id":1}""", sequence: 1));
        await Shop.PublishAsync("order__shipped", """{"order_id":3}""", new BasicProperties { MessageId = "ch_1" });
        await Shop.PublishAsync("order__shipped", """{"order_id":4}""", new BasicProperties { MessageId = "ch_2" });
        await Eventually.TrueAsync(
            async () => await database.CountAsync("model_events_inbox") == 4, () => "the events were not handled");

        Assert.Equal([2, 3, 4], host.Consumed.Messages<OrderDto>().Select(order => order.OrderId).Order());
    }

    private async Task<ConsumerHost> StartAsync(TestDatabase database, Action<InboxOptions>? configure = null)
    {
        await using var tables = await BillingService.Create(database).CreatedAsync();
        return await ConsumerHost.StartAsync(
            Shop,
            (endpoint, context) =>
            {
                endpoint.On<OrderDto, BillingConsumer>(context, "order__shipped").UseInbox<BillingContext>();
                endpoint.Endpoint.UseMessageRetry(retry => retry.Immediate(2));
            },
            services => services
                .AddDbContext<BillingContext>(options => options.UseNpgsql(database.ConnectionString).AmongMany())
                .AddModelEventsInbox<BillingContext>(configure)
                .AddScoped<BillingConsumer>());
    }

    private sealed class BillingConsumer(BillingContext billing, Consumed consumed) : IConsumer<OrderDto>
    {
        public async Task Consume(ConsumeContext<OrderDto> context)
        {
            billing.Add(new Bill { Text = $"{context.Message.OrderId}" });
            await billing.SaveChangesAsync(context.CancellationToken);
            await consumed.NoteAsync(this, context);
        }
    }
}
