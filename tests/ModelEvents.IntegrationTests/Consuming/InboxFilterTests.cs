using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Consuming;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Consuming;

public sealed class InboxFilterTests : ReceiverTests
{
    private readonly FakeInbox.Entries _entries = new();

    /// <summary>Stands for a context: each scope has one.</summary>
    private sealed class BillingContext;

    [Fact]
    public async Task An_event_that_comes_twice_is_handled_once()
    {
        await using var host = await StartAsync();
        var twice = Shop.Event("order__shipped", """{"order_id":7}""");

        await Shop.PublishAsync(twice, twice, Shop.Event("order__shipped", """{"order_id":8}"""));
        await _entries.WaitForAsync(3);
        await host.DisposeAsync();

        Assert.Equal([7, 8], host.Consumed.Messages<OrderDto>().Select(order => order.OrderId));
        Assert.Contains(($"{Shop.Queue}:{typeof(OrderConsumer).FullName}", twice.Id), _entries.Handled.Keys);
        Assert.Equal(0u, await Service.CountAsync(Shop.Queue));
        Assert.Equal(0u, await Service.CountAsync($"{Shop.Queue}_skipped"));
    }

    [Fact]
    public async Task Each_consumer_handles_an_event_once()
    {
        await using var host = await StartAsync(
            (endpoint, context) => endpoint.On<OrderDto, OrderAudit>(context, "order__shipped"));
        var twice = Shop.Event("order__shipped", """{"order_id":7}""");

        await Shop.PublishAsync(twice, twice);
        await _entries.WaitForAsync(4);
        await host.DisposeAsync();

        Assert.Single(host.Consumed.By<OrderConsumer>());
        Assert.Single(host.Consumed.By<OrderAudit>());
    }

    [Fact]
    public async Task The_inbox_lives_in_the_scope_of_its_consumer_which_is_new_for_each_try()
    {
        await using var host = await StartAsync((endpoint, context) =>
        {
            endpoint.Endpoint.UseMessageRetry(retry => retry.Immediate(1));
            endpoint.On<OrderDto, ScopedConsumer>(context, "order__created");
        });
        var seen = new List<(object Inbox, object Consumer)>();
        host.Consumed.Handle = context =>
        {
            lock (seen)
            {
                seen.Add((_entries.LastContext!, context.GetPayload<ScopedConsumer.Seen>().Context));
                return seen.Count == 1 ? throw new NotSupportedException("not yet") : Task.CompletedTask;
            }
        };

        await Shop.PublishAsync(Shop.Event("order__created", """{"order_id":7}"""));
        await host.Consumed.WaitForAsync(2);
        await host.DisposeAsync();

        Assert.Equal(2, seen.Count);
        Assert.All(seen, pair => Assert.Same(pair.Inbox, pair.Consumer));
        Assert.NotSame(seen[0].Inbox, seen[1].Inbox);
        Assert.Single(_entries.Handled);
    }

    [Fact]
    public async Task A_failed_handler_leaves_nothing_in_the_inbox()
    {
        await using var host = await StartAsync();
        host.Consumed.Handle = _ => throw new NotSupportedException("not today");

        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":7}"""));
        await Service.TakeAsync(Shop.ErrorQueue);

        Assert.Empty(_entries.Handled);
    }

    [Fact]
    public async Task Events_of_other_publishers_are_known_by_their_message_id()
    {
        await using var host = await StartAsync();
        var properties = new BasicProperties { MessageId = "ch_1" };

        await Shop.PublishAsync("order__shipped", """{"order_id":7}""", properties);
        await Shop.PublishAsync("order__shipped", """{"order_id":7}""", properties);
        await _entries.WaitForAsync(2);
        await host.DisposeAsync();

        Assert.Single(host.Consumed.Calls);
    }

    [Fact]
    public async Task A_message_without_an_id_ends_in_the_error_queue()
    {
        await using var host = await StartAsync();

        await Shop.PublishAsync("order__shipped", """{"order_id":7}""");

        var failed = await Service.TakeAsync(Shop.ErrorQueue);
        Assert.StartsWith(
            "The message 'order__shipped' has no message id, so the inbox cannot tell whether it was handled before.",
            System.Text.Encoding.UTF8.GetString((byte[])failed.BasicProperties.Headers!["MT-Fault-Message"]!),
            StringComparison.Ordinal);
        Assert.Empty(host.Consumed.Calls);
    }

    [Fact]
    public void An_inbox_that_is_not_registered_is_told_at_start_up()
    {
        using var host = ConsumerHost.Build(Shop, (endpoint, context) => endpoint
            .On<OrderDto, OrderConsumer>(context, "order__shipped")
            .UseInbox<BillingContext>());

        var mistake = Assert.ThrowsAny<Exception>(() => host.Services.GetRequiredService<IBusControl>());

        Assert.Equal(
            "The inbox of 'BillingContext' is not registered. Add 'services.AddModelEventsInbox<BillingContext>()' of the "
            + "package 'ModelEvents.EntityFrameworkCore'.",
            mistake.GetBaseException().Message);
    }

    private Task<ConsumerHost> StartAsync(Action<ModelEventsEndpoint, IRegistrationContext>? configure = null) =>
        ConsumerHost.StartAsync(
            Shop,
            (endpoint, context) =>
            {
                endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped").UseInbox<BillingContext>();
                configure?.Invoke(endpoint, context);
            },
            services => services
                .AddScoped<BillingContext>()
                .AddScoped<ScopedConsumer>()
                .AddKeyedScoped<IInbox>(typeof(BillingContext), (provider, _) =>
                    new FakeInbox(_entries, provider.GetRequiredService<BillingContext>())));

    private sealed class ScopedConsumer(Consumed consumed, BillingContext billing) : IConsumer<OrderDto>
    {
        public sealed record Seen(object Context);

        public Task Consume(ConsumeContext<OrderDto> context)
        {
            context.AddOrUpdatePayload(() => new Seen(billing), _ => new Seen(billing));
            return consumed.NoteAsync(this, context);
        }
    }
}
