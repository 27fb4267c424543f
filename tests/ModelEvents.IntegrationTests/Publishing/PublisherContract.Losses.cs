using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

public abstract partial class PublisherContract
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_is_lost_again_and_again_while_much_is_sent_is_made_again_each_time(bool isClosed)
    {
        // One in three leaves a MassTransit behind that never connects again.
        const int Losses = 6;
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());
        AssertConfirmed(await host.PublishAsync(Event()));

        for (var loss = 0; loss < Losses; loss++)
        {
            var sent = queue.Deliveries.Count;
            var publishing = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(
                () => host.PublishAsync(TestEvents.Interleaved(_service, $"{worker}", keyCount: 100, eventsPerKey: 5)))));
            await queue.WaitForAsync(sent + 100);
            if (isClosed)
                proxy.Close();
            else
                proxy.Cut();

            proxy.Mend();
            await publishing;
            await PublishUntilConfirmedAsync(host, [Event()]);
        }
    }
}
