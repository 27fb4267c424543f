using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Publishing;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

/// <summary>A program with a bus of ModelEvents' own stops while its broker is away.</summary>
public sealed class StopWithoutBrokerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="isThereFirst">Whether the broker is there when the program starts.</param>
    /// <param name="isSilent">Whether it takes connections and answers nothing, rather than to refuse them.</param>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_bus_has_ended_when_the_host_has_stopped_and_tries_no_more(bool isThereFirst, bool isSilent)
    {
        var log = new RecordedLog();
        await using var proxy = new TcpProxy(TestServices.RabbitMq);
        using var host = Build(proxy.Address, log);
        if (!isThereFirst)
            TakeAway(proxy, isSilent);
        await host.StartAsync(Cancellation);
        var publisher = host.Services.GetRequiredService<IEventPublisher>();
        if (isThereFirst)
        {
            await publisher.PublishAsync([TestEvents.Create("nobody", "1")], Cancellation);
            TakeAway(proxy, isSilent);
        }

        // As the dispatcher does: it gives up what is in flight before the bus stops.
        using var givingUp = new CancellationTokenSource();
        var publishing = publisher.PublishAsync([TestEvents.Create("nobody", "1")], givingUp.Token);
        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
        await host.StopAsync(Cancellation).WaitAsync(Eventually.DefaultTimeout, Cancellation);

        var bus = Assert.IsType<OwnBus>(host.Services.GetRequiredService<IBusInstance<IModelEventsBus>>().BusControl);
        Assert.True(bus.IsOver, string.Join(Environment.NewLine, log.All));
    }

    private static void TakeAway(TcpProxy proxy, bool isSilent)
    {
        if (isSilent)
            proxy.Freeze();
        else
            proxy.Cut();
    }

    private static Microsoft.Extensions.Hosting.IHost Build(Uri broker, RecordedLog log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<ModelEventsOptions>(options =>
        {
            options.ServiceName = "nobody";
            options.Broker.Uri = broker.ToString();
        });
        new ModelEventsBuilder(builder.Services).PublishWithMassTransit();
        return builder.Build();
    }
}
