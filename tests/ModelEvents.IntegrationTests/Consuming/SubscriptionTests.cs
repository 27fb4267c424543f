namespace ModelEvents.Tests.Consuming;

public sealed class SubscriptionTests : IAsyncLifetime
{
    private Service _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await Service.CreateAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task An_event_of_our_publisher_reaches_the_consumer_of_its_name()
    {
        await using var host = await ConsumerHost.StartAsync(
            _shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await _shop.PublishAsync(_shop.Event("order__shipped", """{"order_id":7,"customer_name":"Zoë","total":1.50}"""));

        var call = Assert.Single(await host.Consumed.WaitForAsync(1));
        Assert.Equal(new OrderDto(7, "Zoë", Total: 1.5m), call.Message);
        Assert.Equal("order__shipped", call.Event?.Name);
    }

    [Fact]
    public async Task Plain_JSON_of_another_publisher_is_read_without_any_header()
    {
        await using var host = await ConsumerHost.StartAsync(
            _shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await _shop.PublishAsync("order__shipped", """{"order_id":7}""", new());

        var call = Assert.Single(await host.Consumed.WaitForAsync(1));
        Assert.Equal(new OrderDto(7), call.Message);
        Assert.Null(call.Event);
    }

    [Fact]
    public async Task A_body_is_read_only_as_the_type_that_is_subscribed_to_its_name()
    {
        await using var host = await ConsumerHost.StartAsync(_shop, (endpoint, context) => endpoint
            .On<OrderDto, OrderConsumer>(context, "order__shipped")
            .On<CustomerDto, CustomerConsumer>(context, "customer__created", "customer__updated"));

        await _shop.PublishAsync("customer__created", """{"email":"a@b.c","order_id":"no number"}""");
        await _shop.PublishAsync("order__shipped", """{"order_id":7}""");
        await _shop.PublishAsync("customer__updated", """{"email":"d@e.f"}""");

        await host.Consumed.WaitForAsync(3);
        Assert.Equal([new OrderDto(7)], host.Consumed.By<OrderConsumer>());
        Assert.Equal(
            ["a@b.c", "d@e.f"],
            host.Consumed.By<CustomerConsumer>().Cast<CustomerDto>().Select(customer => customer.Email).Order());
        Assert.Equal(0u, await _shop.CountAsync(_shop.ErrorQueue));
    }
}
