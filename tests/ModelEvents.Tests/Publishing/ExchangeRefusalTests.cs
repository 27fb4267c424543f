using ModelEvents.Publishing;

namespace ModelEvents.Tests.Publishing;

/// <summary>As RabbitMQ 3.10 writes it.</summary>
public sealed class ExchangeRefusalTests
{
    private const string Start = "PRECONDITION_FAILED - inequivalent arg";
    private const string Place = "for exchange 'shop.events' in vhost '/': received";

    [Theory]
    [InlineData($"{Start} 'type' {Place} 'topic' but current is 'fanout'", "has the type 'fanout'")]
    [InlineData($"{Start} 'durable' {Place} 'true' but current is 'false'", "is not durable")]
    [InlineData($"{Start} 'auto_delete' {Place} 'false' but current is 'true'", "has auto-delete 'true'. Set Broker:AutoDelete")]
    [InlineData($"{Start} 'internal' {Place} 'false' but current is 'true'", "is internal")]
    [InlineData(
        $"{Start} 'alternate-exchange' {Place} none but current is the value 'other' of type 'longstr'",
        "has the argument 'alternate-exchange'")]
    [InlineData("PRECONDITION_FAILED - something that no version says yet", "exists with other properties")]
    public void What_differs_is_named(string reply, string told)
    {
        var text = ExchangeRefusal.OfProperties("shop.events", reply);

        Assert.StartsWith($"Exchange 'shop.events' {told}", text, StringComparison.Ordinal);
        Assert.EndsWith(reply, text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_internal_exchange_is_no_lack_of_permission() =>
        Assert.StartsWith(
            "Exchange 'shop.events' is internal",
            ExchangeRefusal.OfAccess(
                "shop.events", "ACCESS_REFUSED - cannot publish to internal exchange 'shop.events' in vhost '/'"),
            StringComparison.Ordinal);
}
