using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

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

    [Fact]
    public async Task What_a_user_does_with_the_connection_factory_is_done_besides()
    {
        var refreshed = 0;
        await using var host = PublisherHost.Build(builder => builder.PublishWithMassTransit(bus =>
        {
            bus.OnRefreshConnectionFactory = _ => Task.FromResult(Interlocked.Increment(ref refreshed));
            bus.OnRefreshConnectionFactory = _ => Task.FromResult(Interlocked.Increment(ref refreshed));
        }));
        await host.StartAsync();

        await host.PublishAsync(TestEvents.Create("nobody", "1"));

        var sockets = host.Services.GetRequiredService<OwnBusFactory>().Sockets;
        Assert.Equal((1, true, false), (sockets.Attempts, sockets.IsOpen, sockets.IsBlind));
        Assert.Equal(2, refreshed);
    }

    [Fact]
    public async Task A_user_may_make_sockets_and_then_the_bus_is_never_taken_for_stuck()
    {
        await using var host = PublisherHost.Build(builder => builder.PublishWithMassTransit(bus =>
            bus.OnRefreshConnectionFactory = factory =>
            {
                factory.SocketFactory = family => new TcpClientAdapter(new Socket(family, SocketType.Stream, ProtocolType.Tcp));
                return Task.CompletedTask;
            }));
        await host.StartAsync();

        var outcome = Assert.Single(await host.PublishAsync(TestEvents.Create("nobody", "1")));

        var sockets = host.Services.GetRequiredService<OwnBusFactory>().Sockets;
        Assert.Equal(PublishStatus.Unroutable, outcome.Status);
        Assert.True(sockets.IsBlind);
        Assert.False(SocketAttempts.Of(sockets).IsStuck(sockets));
    }

    [Fact]
    public async Task Its_health_check_of_MassTransit_tells_whether_there_is_a_connection_to_the_broker()
    {
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = PublisherHost.Build(
            builder => builder.PublishWithMassTransit(), options => options.Broker.Uri = proxy.Address.ToString());
        await host.StartAsync();

        await HealthIsAsync(host, HealthStatus.Healthy, "");
        proxy.Cut();
        await HealthIsAsync(host, HealthStatus.Unhealthy, "There is no connection to the broker");
        proxy.Mend();
        await HealthIsAsync(host, HealthStatus.Healthy, "");
    }

    [Fact]
    public async Task Its_connection_lasts_while_an_exchange_is_looked_for_that_nothing_was_published_to_yet()
    {
        var service = $"nobody-{Guid.CreateVersion7():N}";
        await using var host = PublisherHost.Build(builder => builder.PublishWithMassTransit());
        await host.StartAsync();
        await HealthIsAsync(host, HealthStatus.Healthy, "");
        var attempts = host.Services.GetRequiredService<OwnBusFactory>().Sockets.Attempts;

        for (var looks = 0; looks < 3; looks++)
        {
            var missing = await Assert.ThrowsAsync<OperationInterruptedException>(() =>
                ((IExchangeLook)host.Publisher).LookAsync(service, TestContext.Current.CancellationToken));
            Assert.Equal(Constants.NotFound, (int)missing.ShutdownReason!.ReplyCode);
            var health = await CheckAsync(host);
            Assert.Equal((HealthStatus.Healthy, "Ready"), (health.Status, health.Description));
        }

        Assert.Equal(attempts, host.Services.GetRequiredService<OwnBusFactory>().Sockets.Attempts);
    }

    [Fact]
    public async Task Its_health_check_blames_no_broker_while_no_attempt_to_connect_has_failed()
    {
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        await using var host = PublisherHost.Build(
            builder => builder.PublishWithMassTransit(), options => options.Broker.Uri = proxy.Address.ToString());
        await host.StartAsync();
        await HealthIsAsync(host, HealthStatus.Healthy, "");

        proxy.Close();

        await HealthIsAsync(host, HealthStatus.Degraded, "The connection to the broker at '127.0.0.1:");
        await HealthIsAsync(host, HealthStatus.Healthy, "");
    }

    private static async Task<HealthReportEntry> CheckAsync(PublisherHost host) =>
        Assert.Single((await host.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(TestContext.Current.CancellationToken)).Entries).Value;

    private static async Task HealthIsAsync(PublisherHost host, HealthStatus status, string text)
    {
        var found = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var entry = await CheckAsync(host);
                found = $"{entry.Status}, {entry.Description}";
                return entry.Status == status && found.Contains(text, StringComparison.Ordinal);
            },
            () => found);
    }
}
