using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Publishing;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

public sealed class MassTransitRegistrationTests
{
    private readonly string _service = $"test-{Guid.CreateVersion7():N}";

    /// <summary>A further bus of the application.</summary>
    public interface IOtherBus : IBus;

    [Fact]
    public async Task The_applications_own_bus_is_left_alone()
    {
        await using var queue = await RabbitQueue.BindAsync($"{_service}.events");
        await using var host = PublisherHost.Build(builder =>
        {
            builder.PublishWithMassTransit();
            builder.Services.AddMassTransit(bus => bus.UsingInMemory());
        });
        await host.StartAsync();

        AssertConfirmed(await host.PublishAsync(TestEvents.Create(_service, "1")));

        await queue.WaitForAsync(1);
        Assert.Equal("loopback", host.Services.GetRequiredService<IBus>().Address.Scheme);
        Assert.Equal("rabbitmq", host.Services.GetRequiredService<IModelEventsBus>().Address.Scheme);
    }

    [Fact]
    public async Task Events_leave_through_the_bus_of_the_application_that_is_named()
    {
        await using var queue = await RabbitQueue.BindAsync($"{_service}.events");
        await using var host = PublisherHost.Build(builder =>
        {
            builder.Services.AddMassTransit(bus => bus.UsingInMemory());
            builder.Services.AddMassTransit<IOtherBus>(
                bus => bus.UsingRabbitMq((_, rabbitMq) => rabbitMq.Host(TestServices.RabbitMq)));
            builder.PublishWithMassTransit<IOtherBus>();
        }, options => options.Broker.Uri = "amqp://not-used");
        await host.StartAsync();

        AssertConfirmed(await host.PublishAsync(TestEvents.Create(_service, "1")));

        await queue.WaitForAsync(1);
    }

    [Fact]
    public async Task Events_leave_through_a_bus_that_is_handed_over()
    {
        await using var queue = await RabbitQueue.BindAsync($"{_service}.events");
        var bus = Bus.Factory.CreateUsingRabbitMq(rabbitMq => rabbitMq.Host(TestServices.RabbitMq));
        await bus.StartAsync(TestContext.Current.CancellationToken);
        await using var host = PublisherHost.Build(builder => builder.PublishWithMassTransit(bus));
        await host.StartAsync();

        AssertConfirmed(await host.PublishAsync(TestEvents.Create(_service, "1")));

        await bus.StopAsync(TestContext.Current.CancellationToken);
        await queue.WaitForAsync(1);
    }

    [Fact]
    public async Task Registering_twice_is_registering_once()
    {
        await using var host = PublisherHost.Build(
            builder => builder.PublishWithMassTransit().PublishWithMassTransit());

        Assert.IsType<MassTransitPublisher>(Assert.Single(host.Services.GetServices<IEventPublisher>()));
        Assert.Single(host.Services.GetServices<IModelEventsBus>());
    }

    [Fact]
    public async Task Events_that_are_published_while_the_application_starts_get_through()
    {
        await using var queue = await RabbitQueue.BindAsync($"{_service}.events");
        await using var host = PublisherHost.Build(builder => builder.PublishWithMassTransit());

        var publishing = host.PublishAsync(TestEvents.Create(_service, "1"));
        await host.StartAsync();

        AssertConfirmed(await publishing);
        await queue.WaitForAsync(1);
    }

    [Fact]
    public async Task Events_get_through_while_the_application_stops()
    {
        await using var queue = await RabbitQueue.BindAsync($"{_service}.events");
        var host = PublisherHost.Build(builder => builder.PublishWithMassTransit());
        await host.StartAsync();
        AssertConfirmed(await host.PublishAsync(TestEvents.Create(_service, "1")));

        await host.StopAsync();

        AssertConfirmed(await host.PublishAsync(TestEvents.Create(_service, "1", 2)));
        await queue.WaitForAsync(2);
        await host.DisposeAsync();
    }

    private static void AssertConfirmed(IReadOnlyList<PublishOutcome> outcomes) =>
        Assert.Equal(PublishOutcome.Confirmed, Assert.Single(outcomes));
}
