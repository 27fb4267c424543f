using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;
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

    [Theory]
    [InlineData(ExchangeTopology.Declare)]
    [InlineData(ExchangeTopology.Passive)]
    [InlineData(ExchangeTopology.None)]
    public async Task An_exchange_that_is_deleted_is_told_as_a_possible_loss_until_a_queue_is_bound(ExchangeTopology topology)
    {
        await using var host = await StartAsync(options => options.Broker.Topology = topology);
        await using (await RabbitQueue.BindAsync(Exchange))
            AssertConfirmed(await host.PublishAsync(Event()));
        Assert.Empty(host.Conditions);

        await DeleteExchangeAsync(Exchange);
        var statuses = await PublishUntilAsync(host, PublishStatus.Unbound, async () =>
        {
            // Who does not declare waits for somebody else to.
            if (topology is not ExchangeTopology.Declare && host.Conditions.Count > 0)
                await DeclareExchangeAsync(Exchange, ExchangeType.Topic);
        });

        Assert.DoesNotContain(PublishStatus.Unroutable, statuses);
        Assert.DoesNotContain(PublishStatus.Confirmed, statuses);
        Assert.Contains($"'{Exchange}' was deleted", Assert.Single(host.Conditions).Text, StringComparison.Ordinal);
        Assert.Equal(
            [PublishStatus.Unbound, PublishStatus.Held],
            (await host.PublishAsync(Event("7"), Event("7", 2))).Select(outcome => outcome.Status));
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        AssertConfirmed(await host.PublishAsync(Event("7"), Event("7", 2)));
    }

    [Fact]
    public async Task An_exchange_that_is_deleted_while_the_connection_is_lost_is_noticed_too()
    {
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());
        await using (await RabbitQueue.BindAsync(Exchange))
            AssertConfirmed(await host.PublishAsync(Event()));

        proxy.Cut();
        await DeleteExchangeAsync(Exchange);
        proxy.Mend();
        var statuses = await PublishUntilAsync(host, PublishStatus.Unbound);

        Assert.DoesNotContain(PublishStatus.Unroutable, statuses);
        Assert.Single(host.Conditions);
    }

    [Theory]
    [InlineData(UnroutableEvents.Count, PublishStatus.Unroutable)]
    [InlineData(UnroutableEvents.Park, PublishStatus.Unbound)]
    public async Task Whoever_says_so_goes_on_without_a_queue(UnroutableEvents unroutable, PublishStatus expected)
    {
        await using var host = await StartAsync(options => options.Unroutable = unroutable);
        await using (await RabbitQueue.BindAsync(Exchange))
            AssertConfirmed(await host.PublishAsync(Event()));

        await DeleteExchangeAsync(Exchange);
        await PublishUntilAsync(host, expected);

        Assert.Contains($"'{Exchange}' was deleted", Assert.Single(host.Conditions).Text, StringComparison.Ordinal);
    }

    private async Task<List<PublishStatus>> PublishUntilAsync(
        PublisherHost host, PublishStatus expected, Func<Task>? meanwhile = null)
    {
        var statuses = new List<PublishStatus>();
        await Eventually.TrueAsync(
            async () =>
            {
                statuses.Add((await host.PublishAsync(Event()))[0].Status);
                if (meanwhile is not null)
                    await meanwhile();
                return statuses[^1] == expected;
            },
            () => string.Join(", ", statuses.Distinct()),
            TimeSpan.FromMinutes(1));
        return statuses;
    }
}
