using System.Globalization;
using System.Text.Json;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Consuming;

public sealed class BodyTests : ReceiverTests
{
    [Theory]
    [InlineData("""{"order_id":7,"customer_name":"Zoë","stage":1,"total":12.50}""")]
    [InlineData("""{"ORDER_ID":7,"Customer_Name":"Zoë","STAGE":"Shipped","total":"12.50"}""")]
    public async Task Names_in_snake_case_and_stored_values_are_read_without_attributes(string body)
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await Shop.PublishAsync("order__shipped", body);

        Assert.Equal(
            new OrderDto(7, "Zoë", Stage.Shipped, 12.5m), Assert.Single(await host.Consumed.WaitForAsync(1)).Message);
    }

    [Fact]
    public async Task Bodies_are_read_by_the_given_options()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.Json = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower };
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
        });

        await Shop.PublishAsync("order__shipped", """{"order-id":7,"order_id":8}""");

        Assert.Equal(new OrderDto(7), Assert.Single(await host.Consumed.WaitForAsync(1)).Message);
    }

    [Fact]
    public async Task A_CloudEvents_envelope_is_taken_off()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await Shop.PublishAsync(
            options => options.Envelope = EventEnvelope.CloudEvents, Shop.Event("order__shipped", """{"order_id":7}""", "k"));

        var call = Assert.Single(await host.Consumed.WaitForAsync(1));
        Assert.Equal(new OrderDto(7), call.Message);
        Assert.Equal("k", call.Event?.Key);
    }

    [Theory]
    [InlineData("application/cloudevents+json", """{"data":{"order_id":7}}""")]
    [InlineData("application/cloudevents+json; charset=UTF-8", """{"specversion":"1.0","data":{"order_id":7}}""")]
    [InlineData("Application/CloudEvents+JSON", """{"data":{"order_id":7}}""")]
    [InlineData("application/cloudevents+json", """{"data_base64":"eyJvcmRlcl9pZCI6N30="}""")]
    [InlineData("application/cloudevents+json", "\uFEFF{\"data_base64\":\"77u/eyJvcmRlcl9pZCI6N30=\"}")]
    [InlineData("application/json", "\uFEFF{\"order_id\":7}")]
    public async Task Bodies_of_other_publishers_are_read_in_every_form_that_they_have(string contentType, string body)
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));

        await Shop.PublishAsync("order__shipped", body, new BasicProperties { ContentType = contentType });

        Assert.Equal(new OrderDto(7), Assert.Single(await host.Consumed.WaitForAsync(1)).Message);
    }

    [Theory]
    [InlineData(1_767_323_045_678, "2026-01-02T03:04:05.678+00:00")]
    [InlineData(1_767_323_045, "2026-01-02T03:04:05+00:00")]
    [InlineData(long.MaxValue, null)]
    [InlineData(long.MinValue, null)]
    public async Task A_timestamp_of_another_form_holds_up_nothing(long timestamp, string? read)
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            Timestamp = new AmqpTimestamp(timestamp),
            MessageId = $"{Guid.CreateVersion7()}",
            AppId = Shop.Name,
            Headers = new Dictionary<string, object?> { [EventHeaders.Sequence] = 1L, [EventHeaders.Key] = "1" },
        };

        await Shop.PublishAsync("order__shipped", """{"order_id":7}""", properties);

        var (_, message, its) = Assert.Single(await host.Consumed.WaitForAsync(1));
        Assert.Equal(new OrderDto(7), message);
        Assert.Equal(read is null ? null : DateTimeOffset.Parse(read, CultureInfo.InvariantCulture), its?.OccurredAt);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("text/plain")]
    [InlineData("no content type")]
    public async Task The_content_type_does_not_matter(string? contentType)
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));
        var properties = new BasicProperties();
        if (contentType is not null)
            properties.ContentType = contentType;

        await Shop.PublishAsync("order__shipped", """{"order_id":7}""", properties);

        Assert.Equal(new OrderDto(7), Assert.Single(await host.Consumed.WaitForAsync(1)).Message);
    }
}
