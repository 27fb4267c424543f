using System.Collections.Concurrent;
using System.Text;
using MassTransit;
using MassTransit.Transports.Fabric;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

public sealed class InMemoryTransportTests
{
    private readonly ConcurrentQueue<ConsumeContext<Order>> _consumed = [];

    /// <summary>What a consumer makes of the body.</summary>
    public sealed record Order(string Id, int Sequence);

    [Fact]
    public async Task A_receive_endpoint_bound_to_the_topic_exchange_gets_the_events_that_it_asks_for()
    {
        await using var host = await StartAsync("order__created");

        var outcomes = await host.PublishAsync(
            TestEvents.Create("shop", "1", 7), TestEvents.Create("shop", "2", name: "order__deleted"));

        Assert.All(outcomes, outcome => Assert.Equal(PublishOutcome.Confirmed, outcome));
        await Eventually.TrueAsync(() => !_consumed.IsEmpty, () => "nothing was consumed");
        Assert.Equal(new Order("1", 7), Assert.Single(_consumed).Message);
    }

    [Fact]
    public async Task An_event_arrives_with_its_headers_and_its_bytes()
    {
        await using var host = await StartAsync("#");
        var published = TestEvents.Create("shop", "1", 7);

        await host.PublishAsync(published);

        await Eventually.TrueAsync(() => !_consumed.IsEmpty, () => "nothing was consumed");
        var consumed = Assert.Single(_consumed);
        Assert.Equal("order__created", consumed.RoutingKey());
        Assert.Equal("application/json", consumed.ReceiveContext.ContentType.ToString());
        Assert.Equal(Encoding.UTF8.GetString(published.Body.Span), consumed.ReceiveContext.Body.GetString());
        Assert.Equal("1", consumed.ReceiveContext.TransportHeaders.Get<string>("modelevents-key"));
        Assert.Equal(7L, consumed.ReceiveContext.TransportHeaders.Get<long>("modelevents-sequence"));
    }

    private async Task<PublisherHost> StartAsync(string routingKey)
    {
        var host = PublisherHost.Build(builder =>
        {
            builder.Services.AddMassTransit(bus => bus.UsingInMemory((_, inMemory) =>
                inMemory.ReceiveEndpoint("billing", endpoint => Configure(endpoint, routingKey))));
            builder.PublishWithMassTransit<IBus>();
        });
        await host.StartAsync();
        return host;
    }

    private void Configure(IInMemoryReceiveEndpointConfigurator endpoint, string routingKey)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.Bind("shop.events", ExchangeType.Topic, routingKey);
        endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
        endpoint.Handler<Order>(context =>
        {
            _consumed.Enqueue(context);
            return Task.CompletedTask;
        });
    }
}
