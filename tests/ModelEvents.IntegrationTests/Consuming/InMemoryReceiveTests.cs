using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Publishing;

namespace ModelEvents.Tests.Consuming;

public sealed class InMemoryReceiveTests
{
    [Fact]
    public async Task Events_arrive_as_on_RabbitMQ()
    {
        await using var host = PublisherHost.Build(builder =>
        {
            builder.Services.AddSingleton<Consumed>();
            builder.Services.AddMassTransit(bus =>
            {
                bus.AddConsumer<OrderConsumer>();
                bus.AddConsumer<CustomerConsumer>();
                bus.UsingInMemory((context, inMemory) => inMemory.ReceiveModelEvents("billing", "shop", endpoint => endpoint
                    .On<OrderDto, OrderConsumer>(context, "order__shipped")
                    .On<CustomerDto, CustomerConsumer>(context, "order__created")));
            });
            builder.PublishWithMassTransit<IBus>();
        });
        await host.StartAsync();
        var consumed = host.Services.GetRequiredService<Consumed>();
        var published = TestEvents.Create("shop", "k", 7, "order__shipped") with
        {
            Body = """{"order_id":7}"""u8.ToArray(),
        };

        await host.PublishAsync(published);

        var call = Assert.Single(await consumed.WaitForAsync(1));
        Assert.Equal(new OrderDto(7), call.Message);
        var received = call.Event!;
        Assert.Equal(
            (published.Id, "order__shipped", "shop", "Shop.Order", "k", 7L),
            (received.Id, received.Name, received.Service, received.Model, received.Key, received.Sequence));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), received.OccurredAt);
    }
}
