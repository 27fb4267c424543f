using System.Text;
using System.Text.Json;
using ModelEvents.Publishing;

namespace ModelEvents.Tests.Publishing;

public sealed class WireMessageTests
{
    private static readonly ModelEvent OrderPaid = new()
    {
        Id = Guid.Parse("0198c2a4-5b1e-7c3d-9f00-0123456789ab"),
        Name = "order__paid",
        Service = "shop",
        Model = "Shop.Order",
        Key = "42",
        Body = Encoding.UTF8.GetBytes("""{"id":42,"name":"Zoë"}"""),
        Headers = new Dictionary<string, string>
        {
            [EventHeaders.Action] = "updated",
            [EventHeaders.TraceParent] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
        OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Sequence = 5_000_000_000,
    };

    [Fact]
    public void The_body_is_the_serializers_json_and_nothing_else()
    {
        var wire = WireMessage.From(OrderPaid, EventEnvelope.None);

        Assert.Equal(OrderPaid.Body, wire.Body);
        Assert.Equal("application/json", wire.ContentType);
        Assert.Equal("utf-8", wire.ContentEncoding);
    }

    [Fact]
    public void The_properties_follow_from_the_event()
    {
        var wire = WireMessage.From(OrderPaid, EventEnvelope.None);

        Assert.Equal("shop.events", wire.Exchange);
        Assert.Equal("order__paid", wire.RoutingKey);
        Assert.Equal("shop", wire.AppId);
        Assert.Equal(OrderPaid.Id, wire.MessageId);
        Assert.Equal(OrderPaid.OccurredAt, wire.Timestamp);
    }

    [Fact]
    public void The_headers_are_those_of_the_event_with_model_key_and_sequence()
    {
        var wire = WireMessage.From(OrderPaid, EventEnvelope.None);

        Assert.Equal(
            new Dictionary<string, object>
            {
                ["modelevents-model"] = "Shop.Order",
                ["modelevents-key"] = "42",
                ["modelevents-sequence"] = 5_000_000_000L,
                ["modelevents-action"] = "updated",
                ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            },
            wire.Headers);
    }

    [Fact]
    public void A_cloud_event_wraps_the_body_and_keeps_properties_and_headers()
    {
        var wire = WireMessage.From(OrderPaid, EventEnvelope.CloudEvents);

        Assert.Equal("application/cloudevents+json", wire.ContentType);
        Assert.Equal("order__paid", wire.RoutingKey);
        Assert.Equal(WireMessage.From(OrderPaid, EventEnvelope.None).Headers, wire.Headers);
        Assert.Equal(
            """
            {"specversion":"1.0","id":"0198c2a4-5b1e-7c3d-9f00-0123456789ab","source":"shop","type":"order__paid",
            "subject":"42","time":"2026-01-02T03:04:05.678+00:00","datacontenttype":"application/json",
            "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","data":{"id":42,"name":"Zoë"}}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(wire.Body.Span));
    }

    [Fact]
    public void The_source_of_a_cloud_event_is_a_uri_reference_whatever_the_service_is_called()
    {
        var wire = WireMessage.From(OrderPaid with { Service = "my shop" }, EventEnvelope.CloudEvents);

        using var json = JsonDocument.Parse(wire.Body);
        Assert.Equal("my%20shop", json.RootElement.GetProperty("source").GetString());
    }
}
