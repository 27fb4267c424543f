using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Consuming;

public sealed class SubscriptionTests : ReceiverTests
{
    [Fact]
    public async Task An_event_of_our_publisher_reaches_the_consumer_of_its_name()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":7,"customer_name":"Zoë","total":1.50}"""));

        var call = Assert.Single(await host.Consumed.WaitForAsync(1));
        Assert.Equal(new OrderDto(7, "Zoë", Total: 1.5m), call.Message);
        Assert.Equal("order__shipped", call.Event?.Name);
    }

    [Fact]
    public async Task Plain_JSON_of_another_publisher_is_read_without_any_header()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await Shop.PublishAsync("order__shipped", """{"order_id":7}""", new());

        var call = Assert.Single(await host.Consumed.WaitForAsync(1));
        Assert.Equal(new OrderDto(7), call.Message);
        Assert.Null(call.Event);
    }

    [Fact]
    public async Task A_body_is_read_only_as_the_type_that_is_subscribed_to_its_name()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) => endpoint
            .On<OrderDto, OrderConsumer>(context, "order__shipped")
            .On<CustomerDto, CustomerConsumer>(context, "customer__created", "customer__updated"));

        await Shop.PublishAsync("customer__created", """{"email":"a@b.c","order_id":"no number"}""");
        await Shop.PublishAsync("order__shipped", """{"order_id":7}""");
        await Shop.PublishAsync("customer__updated", """{"email":"d@e.f"}""");

        await host.Consumed.WaitForAsync(3);
        Assert.Equal([new OrderDto(7)], host.Consumed.By<OrderConsumer>());
        Assert.Equal(
            ["a@b.c", "d@e.f"],
            host.Consumed.By<CustomerConsumer>().Cast<CustomerDto>().Select(customer => customer.Email).Order());
        Assert.Equal(0u, await Service.CountAsync(Shop.ErrorQueue));
    }

    [Fact]
    public async Task A_consumer_of_two_types_gets_an_event_only_as_the_one_that_it_subscribed_to()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) => endpoint
            .On<CustomerDto, EverythingConsumer>(context, "customer__created")
            .On<OrderDto, OrderConsumer>(context, "customer__created", "order__shipped"));

        await Shop.PublishAsync("order__shipped", """{"order_id":1}""");
        await Shop.PublishAsync("customer__created", """{"order_id":2,"email":"a@b.c"}""");

        await host.Consumed.WaitForAsync(3);
        Assert.Equal([1, 2], host.Consumed.By<OrderConsumer>().Cast<OrderDto>().Select(order => order.OrderId).Order());
        Assert.Equal([new CustomerDto { Email = "a@b.c" }], host.Consumed.By<EverythingConsumer>());
    }

    [Fact]
    public async Task Consumers_of_the_same_type_get_their_own_events_alone()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) => endpoint
            .On<OrderDto, OrderConsumer>(context, "order__shipped")
            .On<OrderDto, OrderAudit>(context, "order__open", "order__shipped"));

        await Shop.PublishAsync("order__open", """{"order_id":1}""");
        await Shop.PublishAsync("order__shipped", """{"order_id":2}""");

        await host.Consumed.WaitForAsync(3);
        Assert.Equal([new OrderDto(2)], host.Consumed.By<OrderConsumer>());
        Assert.Equal([1, 2], host.Consumed.By<OrderAudit>().Cast<OrderDto>().Select(order => order.OrderId).Order());
    }

    [Fact]
    public async Task A_consumer_of_several_types_gets_each_body_as_one_of_them()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) => endpoint
            .On<OrderDto, EverythingConsumer>(context, "order__shipped")
            .On<CustomerDto, EverythingConsumer>(context, "customer__created"));

        await Shop.PublishAsync("order__shipped", """{"order_id":1,"email":"a@b.c"}""");
        await Shop.PublishAsync("customer__created", """{"order_id":2,"email":"d@e.f"}""");

        await host.Consumed.WaitForAsync(2);
        Assert.Equal([new OrderDto(1)], host.Consumed.Messages<OrderDto>());
        Assert.Equal(["d@e.f"], host.Consumed.Messages<CustomerDto>().Select(customer => customer.Email));
    }

    [Fact]
    public async Task All_events_of_a_service_can_be_asked_for()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) => endpoint
            .On<OrderDto, OrderAudit>(context, "#")
            .On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await Shop.PublishAsync("order__a.b", """{"order_id":1}""");
        await Shop.PublishAsync("order__shipped", """{"order_id":2}""");

        await host.Consumed.WaitForAsync(3);
        Assert.Equal([1, 2], host.Consumed.By<OrderAudit>().Cast<OrderDto>().Select(order => order.OrderId).Order());
        Assert.Equal([new OrderDto(2)], host.Consumed.By<OrderConsumer>());
    }

    [Fact]
    public async Task Events_of_several_services_come_by_one_queue_and_are_told_apart()
    {
        await using var crm = await Service.CreateAsync();
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.On<OrderDto, OrderConsumer>(context, "order__created");
            endpoint.From(crm.Name).On<CustomerDto, CustomerConsumer>(context, "order__created");
        });

        await Shop.PublishAsync("order__created", """{"order_id":1}""");
        await crm.PublishAsync(crm.Event("order__created", """{"email":"a@b.c"}"""));

        await host.Consumed.WaitForAsync(2);
        Assert.Equal([new OrderDto(1)], host.Consumed.By<OrderConsumer>());
        Assert.Equal("a@b.c", Assert.IsType<CustomerDto>(Assert.Single(host.Consumed.By<CustomerConsumer>())).Email);
    }

    [Fact]
    public async Task One_consumer_can_sit_on_two_queues_with_different_events()
    {
        await using var other = await Service.CreateAsync();
        await using var host = await ConsumerHost.StartAsync(
            Shop,
            (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__created"),
            further: (bus, context) => bus.ReceiveModelEvents(
                other.Queue, other.Name, endpoint => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped")));

        await Shop.PublishAsync("order__created", """{"order_id":1}""");
        await other.PublishAsync("order__shipped", """{"order_id":2}""");

        await host.Consumed.WaitForAsync(2);
        Assert.Equal([1, 2], host.Consumed.By<OrderConsumer>().Cast<OrderDto>().Select(order => order.OrderId).Order());
    }

    [Fact]
    public async Task A_consumer_that_is_only_a_service_is_called_too()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop,
            (endpoint, context) => endpoint.On<OrderDto, UnaddedConsumer>(context, "order__shipped"),
            services => services.AddScoped<UnaddedConsumer>());

        await Shop.PublishAsync("order__shipped", """{"order_id":1}""");

        await host.Consumed.WaitForAsync(1);
        Assert.Equal([new OrderDto(1)], host.Consumed.By<UnaddedConsumer>());
    }

    [Fact]
    public void A_consumer_that_is_not_registered_is_told_at_start_up()
    {
        using var host = ConsumerHost.Build(
            Shop, (endpoint, context) => endpoint.On<OrderDto, UnaddedConsumer>(context, "order__shipped"));

        var mistake = Assert.ThrowsAny<Exception>(() => host.Services.GetRequiredService<IBusControl>());

        Assert.Equal(
            "The consumer 'UnaddedConsumer' is not registered. Add 'bus.AddConsumer<UnaddedConsumer>()' inside "
            + "'AddMassTransit'.",
            mistake.GetBaseException().Message);
    }

    [Fact]
    public void A_consumer_that_reads_one_event_as_two_types_is_refused()
    {
        using var host = ConsumerHost.Build(Shop, (endpoint, context) => endpoint
            .On<OrderDto, EverythingConsumer>(context, "order__shipped")
            .On<CustomerDto, EverythingConsumer>(context, "order__shipped"));

        var mistake = Assert.ThrowsAny<Exception>(() => host.Services.GetRequiredService<IBusControl>());

        Assert.StartsWith(
            "The consumer 'EverythingConsumer' subscribes to 'order__shipped' both as 'OrderDto' and as 'CustomerDto'.",
            mistake.GetBaseException().Message,
            StringComparison.Ordinal);
    }

    private sealed class UnaddedConsumer(Consumed consumed) : IConsumer<OrderDto>
    {
        public Task Consume(ConsumeContext<OrderDto> context) => consumed.NoteAsync(this, context);
    }
}
