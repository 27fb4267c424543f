using System.Net.Mime;
using CloudNative.CloudEvents.SystemTextJson;
using ModelEvents.Publishing;
using Received = CloudNative.CloudEvents.CloudEvent;

namespace ModelEvents.Tests.Publishing;

/// <summary>What the envelope holds, as the CNCF's own library reads it: that refuses what the specification does.</summary>
public sealed class CloudEventTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData("""["a",1]""", """["a",1]""")]
    [InlineData("Zoë 🚲", "Zoë 🚲")]
    [InlineData(" ", " ")]
    [InlineData("100%", "100%")]
    [InlineData("a\nb\u0000", "a%0Ab%00")]
    [InlineData("\u0085", "%C2%85")]
    [InlineData("a\uFFFE\uFDD0", "a%EF%BF%BE%EF%B7%90")]
    [InlineData("", null)]
    public void The_key_is_a_valid_subject(string key, string? subject) =>
        Assert.Equal(subject, Read(Event() with { Key = key }).Subject);

    [Fact]
    public void A_key_with_half_a_surrogate_pair_is_a_valid_subject() =>
        Assert.Equal("a\uFFFDb", Read(Event() with { Key = "a\uD83Db" }).Subject);

    [Theory]
    [InlineData("order__paid", "order__paid")]
    [InlineData("order__pa\tid", "order__pa%09id")]
    public void The_name_is_a_valid_type(string name, string type) =>
        Assert.Equal(type, Read(Event() with { Name = name }).Type);

    [Theory]
    [InlineData("shop")]
    [InlineData("my shop")]
    [InlineData("eu:shop-1.a_b")]
    [InlineData("100%")]
    [InlineData("//")]
    public void The_service_is_a_valid_source(string service)
    {
        var source = Read(Event() with { Service = service }).Source;

        Assert.Equal(service, Uri.UnescapeDataString(source!.OriginalString));
    }

    [Fact]
    public void All_else_is_as_in_the_event()
    {
        var source = Event();

        var read = Read(source);

        Assert.Equal(source.Id.ToString(), read.Id);
        Assert.Equal(source.OccurredAt, read.Time);
        Assert.Equal("application/json", read.DataContentType);
        Assert.Equal(source.Headers[EventHeaders.TraceParent], read["traceparent"]);
        Assert.Equal("""{"id":42}""", read.Data!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not one\n")]
    public void A_trace_context_that_is_none_makes_the_event_invalid_in_no_reader(string traceParent)
    {
        var headers = new Dictionary<string, string> { [EventHeaders.TraceParent] = traceParent };

        Assert.True(Read(Event() with { Headers = headers }).IsValid);
    }

    private static Received Read(ModelEvent one)
    {
        var wire = WireMessage.From(one, EventEnvelope.CloudEvents);
        var read = new JsonEventFormatter().DecodeStructuredModeMessage(
            wire.Body, new ContentType(wire.ContentType), extensionAttributes: null);
        return read.Validate();
    }

    private static ModelEvent Event() => new()
    {
        Id = Guid.Parse("0198c2a4-5b1e-7c3d-9f00-0123456789ab"),
        Name = "order__paid",
        Service = "shop",
        Model = "Shop.Order",
        Key = "42",
        Body = """{"id":42}"""u8.ToArray(),
        Headers = new Dictionary<string, string>
        {
            [EventHeaders.TraceParent] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
        OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Sequence = 7,
    };
}
