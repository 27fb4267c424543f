using System.Diagnostics;
using System.Text;
using ModelEvents.Tests.Infrastructure;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Publishing;

public abstract partial class PublisherContract
{
    // RabbitMQ.Client's own, by which it knows a returned message again.
    private const string ClientSequence = "x-dotnet-pub-seq-no";

    [Fact]
    public async Task An_event_arrives_with_the_properties_of_the_wire_contract()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();
        var published = Event();

        AssertConfirmed(await host.PublishAsync(published));

        var delivery = Assert.Single(await queue.WaitForAsync(1));
        Assert.Equal(Exchange, delivery.Exchange);
        Assert.Equal("order__created", delivery.RoutingKey);
        Assert.Equal("application/json", delivery.Properties.ContentType);
        Assert.Equal("utf-8", delivery.Properties.ContentEncoding);
        Assert.Equal(DeliveryModes.Persistent, delivery.Properties.DeliveryMode);
        Assert.Equal(published.Id.ToString("D"), delivery.Properties.MessageId);
        Assert.Equal("order__created", delivery.Properties.Type);
        Assert.Equal(_service, delivery.Properties.AppId);
        Assert.Equal(published.OccurredAt.ToUnixTimeSeconds(), delivery.Properties.Timestamp.UnixTime);
        Assert.False(delivery.Properties.IsCorrelationIdPresent());
        Assert.False(delivery.Properties.IsReplyToPresent());
        Assert.False(delivery.Properties.IsExpirationPresent());
        Assert.False(delivery.Properties.IsPriorityPresent());
        Assert.False(delivery.Properties.IsUserIdPresent());
    }

    [Fact]
    public async Task An_event_carries_its_own_headers_and_no_others()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();

        AssertConfirmed(await host.PublishAsync(Event("42", sequence: 5_000_000_000)));

        var delivery = Assert.Single(await queue.WaitForAsync(1));
        Assert.Equal(
            ["modelevents-action", "modelevents-key", "modelevents-model", "modelevents-sequence"],
            delivery.Properties.Headers!.Keys.Where(name => name != ClientSequence).Order(StringComparer.Ordinal));
        Assert.Equal("created", delivery.Header("modelevents-action"));
        Assert.Equal("42", delivery.Header("modelevents-key"));
        Assert.Equal("Shop.Order", delivery.Header("modelevents-model"));
        Assert.Equal(5_000_000_000L, delivery.Properties.Headers["modelevents-sequence"]);
    }

    [Fact]
    public async Task The_trace_context_of_the_save_arrives_unchanged_while_the_clients_are_traced()
    {
        const string Saved = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or "RabbitMQ.Client.Publisher",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();
        var headers = new Dictionary<string, string> { [EventHeaders.TraceParent] = Saved };

        AssertConfirmed(await host.PublishAsync(Event() with { Headers = headers }));

        var delivery = Assert.Single(await queue.WaitForAsync(1));
        Assert.Equal(Saved, delivery.Header("traceparent"));
        Assert.DoesNotContain(delivery.Properties.Headers!.Keys, name => name.StartsWith("MT-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_body_arrives_byte_for_byte()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();
        var padded = Encoding.UTF8.GetBytes("""  {"name":"Zoë, 東京 🚲"}  """);

        AssertConfirmed(await host.PublishAsync(Event() with { Body = padded.AsMemory(2, padded.Length - 4) }));

        var delivery = Assert.Single(await queue.WaitForAsync(1));
        Assert.Equal("""{"name":"Zoë, 東京 🚲"}"""u8.ToArray(), delivery.Body);
    }

    [Fact]
    public async Task A_cloud_event_says_so_in_its_content_type()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync(options => options.Envelope = EventEnvelope.CloudEvents);

        AssertConfirmed(await host.PublishAsync(Event()));

        var delivery = Assert.Single(await queue.WaitForAsync(1));
        Assert.Equal("application/cloudevents+json", delivery.Properties.ContentType);
        Assert.Contains("\"data\":{\"id\":\"1\",\"sequence\":1}", delivery.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_of_several_services_go_to_their_own_exchanges()
    {
        await using var shop = await RabbitQueue.BindAsync(Exchange);
        await using var billing = await RabbitQueue.BindAsync($"{_service}-billing.events");
        await using var host = await StartAsync();
        var invoice = Event("7") with { Service = $"{_service}-billing" };

        AssertConfirmed(await host.PublishAsync(Event("1"), invoice, Event("2")));

        Assert.Equal(["1", "2"], (await shop.WaitForAsync(2)).Select(delivery => delivery.Header("modelevents-key")).Order());
        Assert.Equal("7", Assert.Single(await billing.WaitForAsync(1)).Header("modelevents-key"));
    }
}
