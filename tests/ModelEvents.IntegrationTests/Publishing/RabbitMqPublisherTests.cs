using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

public sealed class RabbitMqPublisherTests : PublisherContract
{
    protected override void Register(ModelEventsBuilder builder) => builder.PublishToRabbitMq();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_of_it_ends_a_call_that_waits_for_the_broker(bool isConnected)
    {
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = await StartAsync(options => options.Broker.Uri = proxy.Address.ToString());
        if (isConnected)
            await host.PublishAsync(Event());
        proxy.Freeze();
        var publishing = host.PublishAsync(Event("1"), Event("2"));

        await ((IAsyncDisposable)host.Publisher).DisposeAsync();
        var waiting = await publishing;
        proxy.Mend();
        var later = await host.PublishAsync(Event("3"));

        Assert.All([.. waiting, .. later], outcome => Assert.Equal(PublishStatus.Unavailable, outcome.Status));
        Assert.DoesNotContain("alarm", waiting[0].Error, StringComparison.Ordinal);
    }
}
