using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Publishing;

public abstract partial class PublisherContract
{
    // After which RabbitMQ.Client gives up waiting for an answer: the hard upper bound of what ends before.
    private static readonly TimeSpan ClientPatience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Events_are_unavailable_while_the_broker_is_away_and_confirmed_once_it_is_back()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());
        AssertConfirmed(await host.PublishAsync(Event(sequence: 1)));

        proxy.Cut();
        var away = await host.PublishAsync(Event(sequence: 2), Event("2"));
        proxy.Mend();
        await PublishUntilConfirmedAsync(host, [Event(sequence: 2), Event("2")]);

        Assert.All(away, outcome => Assert.Equal(PublishStatus.Unavailable, outcome.Status));
        Assert.All(away, outcome => Assert.NotEmpty(outcome.Error!));
        await queue.WaitForAsync(3);
    }

    [Fact]
    public async Task Nothing_is_lost_and_order_is_kept_when_the_connection_breaks_with_many_events_in_flight()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());
        var events = TestEvents.Interleaved(_service, "k", keyCount: 200, eventsPerKey: 20);

        var publishing = host.PublishAsync(events);
        await queue.WaitForAsync(200);
        proxy.Cut();
        var outcomes = await publishing;
        proxy.Mend();
        var missing = events.Where((_, index) => outcomes[index].Status is not PublishStatus.Confirmed).ToArray();
        await PublishUntilConfirmedAsync(host, missing);

        Assert.NotEmpty(missing);
        await Eventually.TrueAsync(
            () => queue.Deliveries.DistinctBy(delivery => delivery.Properties.MessageId).Count() == events.Count,
            () => $"{queue.Deliveries.Count} messages arrived for {events.Count} events");
        foreach (var key in queue.Deliveries.GroupBy(delivery => delivery.Header("modelevents-key")))
        {
            var firsts = key.Select(delivery => (long)delivery.Properties.Headers!["modelevents-sequence"]!).Distinct();
            Assert.Equal(Enumerable.Range(1, 20).Select(sequence => (long)sequence), firsts);
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_while_nothing_goes_through_it_any_more_is_replaced()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());
        AssertConfirmed(await host.PublishAsync(Event()));

        // More than sockets and clients have room for.
        ModelEvent[] events = [.. Enumerable.Range(0, 800).Select(key => Event($"{key}") with { Body = new byte[100_000] })];
        proxy.Freeze();
        var publishing = events.Chunk(200).Select(batch => host.PublishAsync(batch)).ToArray();
        await IsFullAsync(proxy);
        proxy.Cut();
        var outcomes = (await Task.WhenAll(publishing)).SelectMany(batch => batch).ToArray();
        proxy.Mend();

        Assert.All(outcomes, outcome => Assert.Equal(PublishStatus.Unavailable, outcome.Status));
        if (NoticesLossAtOnce)
            Assert.All(outcomes, outcome => Assert.Contains("went away", outcome.Error, StringComparison.Ordinal));
        await PublishUntilConfirmedAsync(host, events);
    }

    [Fact]
    public async Task Events_are_unavailable_when_the_broker_falls_silent()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());
        AssertConfirmed(await host.PublishAsync(Event(sequence: 1)));

        proxy.Freeze();
        var silent = await host.PublishAsync(Event(sequence: 2), Event(sequence: 3), Event("2"));
        proxy.Mend();

        Assert.All(silent, outcome => Assert.Equal(PublishStatus.Unavailable, outcome.Status));
        Assert.Contains("alarm", silent[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_takes_connections_and_answers_nothing_is_away()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        proxy.Freeze();
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());

        var silent = await host.PublishAsync(Event());
        proxy.Mend();

        Assert.Equal(PublishStatus.Unavailable, Assert.Single(silent).Status);
        await PublishUntilConfirmedAsync(host, [Event()]);
    }

    [Fact]
    public async Task A_refused_login_is_unavailable_and_its_error_tells_no_password()
    {
        var uri = new UriBuilder(TestServices.RabbitMq) { UserName = "nobody", Password = "s3cret" };
        await using var host = await StartAsync(options => options.Broker.Uri = uri.Uri.ToString());

        var outcome = Assert.Single(await host.PublishAsync(Event()));

        Assert.Equal(PublishStatus.Unavailable, outcome.Status);
        Assert.Contains("ACCESS_REFUSED", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExchangeTopology.Passive)]
    [InlineData(ExchangeTopology.None)]
    public async Task A_missing_exchange_is_reported_until_someone_declares_it(ExchangeTopology topology)
    {
        await using var host = await StartAsync(options => options.Broker.Topology = topology);

        var missing = await host.PublishAsync(Event(), Event("2"));
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await PublishUntilConfirmedAsync(host, [Event(), Event("2")]);

        Assert.All(missing, outcome => Assert.Equal(PublishStatus.NoExchange, outcome.Status));
        Assert.Contains($"'{Exchange}' does not exist", missing[0].Error, StringComparison.Ordinal);
        Assert.Equal(2, (await queue.WaitForAsync(2)).Count);
    }

    [Fact]
    public async Task A_missing_exchange_is_not_blamed_on_what_is_on_its_way_to_another()
    {
        await using var queue = await RabbitQueue.BindAsync($"{_service}-billing.events");
        await using var host = await StartAsync(options => options.Broker.Topology = ExchangeTopology.None);
        var invoices = TestEvents.Interleaved($"{_service}-billing", "k", keyCount: 200, eventsPerKey: 10);

        var publishing = host.PublishAsync(invoices);
        for (var calls = 0; calls < 5 || !publishing.IsCompleted; calls++)
            Assert.NotEqual(PublishStatus.Confirmed, (await host.PublishAsync(Event()))[0].Status);

        var outcomes = await publishing;
        await PublishUntilConfirmedAsync(
            host, [.. invoices.Where((_, index) => outcomes[index].Status is not PublishStatus.Confirmed)]);

        Assert.DoesNotContain(outcomes, outcome => outcome.Status is PublishStatus.NoExchange or PublishStatus.Refused);
        await Eventually.TrueAsync(
            () => queue.Deliveries.DistinctBy(delivery => delivery.Properties.MessageId).Count() == invoices.Count,
            () => $"{queue.Deliveries.Count} messages arrived for {invoices.Count} events");
    }

    [Fact]
    public async Task An_exchange_with_other_properties_is_reported_and_leaves_other_exchanges_alone()
    {
        await DeclareExchangeAsync(Exchange, ExchangeType.Topic, autoDelete: true);
        await using var queue = await RabbitQueue.BindAsync($"{_service}-billing.events");
        await using var host = await StartAsync();
        var invoice = Event() with { Service = $"{_service}-billing" };

        var outcomes = await host.PublishAsync(Event(), Event("2"), invoice);

        Assert.Equal(
            [PublishStatus.NoExchange, PublishStatus.NoExchange, PublishStatus.Confirmed],
            outcomes.Select(outcome => outcome.Status));
        Assert.Contains("Broker:AutoDelete", outcomes[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exchange_is_declared_auto_delete_where_the_options_say_so()
    {
        await using var host = await StartAsync(options => options.Broker.AutoDelete = true);

        await host.PublishAsync(Event());

        await DeclareExchangeAsync(Exchange, ExchangeType.Topic, autoDelete: true);
    }

    [Fact]
    public async Task A_cancelled_token_ends_a_call_that_waits_for_the_broker()
    {
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());
        await host.PublishAsync(Event());
        proxy.Freeze();
        using var cancellation = new CancellationTokenSource();

        // The second one has to ask for a channel.
        var publishing = host.Publisher.PublishAsync([Event(), Event("2")], cancellation.Token);
        var publishingToo = host.Publisher.PublishAsync([Event("3")], cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing.WaitAsync(ClientPatience, TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishingToo.WaitAsync(ClientPatience, TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => host.Publisher.PublishAsync([Event()], cancellation.Token));
        proxy.Mend();
    }

    /// <summary>Waits until no more comes to a frozen proxy.</summary>
    private static Task IsFullAsync(TcpProxy proxy)
    {
        var before = 0;
        var unchanged = 0;
        return Eventually.TrueAsync(
            () =>
            {
                var now = proxy.Waiting;
                unchanged = now > 0 && now == before ? unchanged + 1 : 0;
                before = now;
                return unchanged == 10;
            },
            () => $"{before} bytes wait");
    }

    private static async Task PublishUntilConfirmedAsync(PublisherHost host, IReadOnlyList<ModelEvent> events)
    {
        var missing = events;
        var error = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var outcomes = await host.PublishAsync(missing);
                error = outcomes.FirstOrDefault(outcome => outcome.Error is not null).Error;
                missing = [.. missing.Where((_, index) => outcomes[index].Status is not PublishStatus.Confirmed)];
                return missing.Count == 0;
            },
            () => $"{missing.Count} events are still not confirmed: {error}",
            TimeSpan.FromMinutes(2));
    }
}
