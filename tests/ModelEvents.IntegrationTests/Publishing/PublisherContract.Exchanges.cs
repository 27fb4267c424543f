using ModelEvents.Publishing;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Publishing;

public abstract partial class PublisherContract
{
    public static TheoryData<string, string> OtherExchanges => new()
    {
        { "fanout", "type 'fanout'" },
        { "direct", "type 'direct'" },
        { "transient", "not durable" },
        { "auto-delete", "Broker:AutoDelete" },
        { "alternate", "argument 'alternate-exchange'" },
    };

    [Theory]
    [MemberData(nameof(OtherExchanges))]
    public async Task What_an_exchange_has_otherwise_is_named(string kind, string told)
    {
        await DeclareExchangeAsync(
            Exchange,
            kind is "fanout" or "direct" ? kind : ExchangeType.Topic,
            autoDelete: kind == "auto-delete",
            durable: kind != "transient",
            arguments: kind == "alternate" ? new Dictionary<string, object?> { ["alternate-exchange"] = "amq.fanout" } : null);
        await using var host = await StartAsync();

        var outcome = Assert.Single(await host.PublishAsync(Event()));

        Assert.Equal(PublishStatus.NoExchange, outcome.Status);
        Assert.Contains(Exchange, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(told, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(kind == "auto-delete", outcome.Error!.Contains("Broker:AutoDelete", StringComparison.Ordinal));
    }
}
