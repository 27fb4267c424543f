using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

public sealed class OwnBusTests
{
    [Fact]
    public async Task A_process_that_does_not_publish_does_not_connect_to_the_broker()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var host = PublisherHost.Build(builder => builder.PublishWithMassTransit(), options =>
        {
            options.Dispatcher.Enabled = false;
            options.Broker.Uri = $"amqp://guest:guest@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
        });

        await host.StartAsync().WaitAsync(Eventually.DefaultTimeout, TestContext.Current.CancellationToken);
        await host.StopAsync().WaitAsync(Eventually.DefaultTimeout, TestContext.Current.CancellationToken);

        Assert.False(listener.Pending());
        Assert.Equal("loopback", host.Services.GetRequiredService<IModelEventsBus>().Address.Scheme);
    }

    [Fact]
    public async Task It_needs_no_broker_at_all()
    {
        await using var host = PublisherHost.Build(builder => builder.PublishWithMassTransit(), options =>
        {
            options.Dispatcher.Enabled = false;
            options.Broker.Uri = "amqp://nobody.invalid:1/";
        });

        await host.StartAsync().WaitAsync(Eventually.DefaultTimeout, TestContext.Current.CancellationToken);
        await host.StopAsync().WaitAsync(Eventually.DefaultTimeout, TestContext.Current.CancellationToken);
    }
}
