using MassTransit.Transports.Fabric;
using ModelEvents.Consuming;
using ModelEvents.Models;

namespace MassTransit;

/// <summary>Receives the events of ModelEvents, and those of any service that publishes plain JSON to a topic exchange.</summary>
public static class ModelEventsReceiveExtensions
{
    /// <summary>
    /// Declares a durable quorum queue that receives the events that are subscribed to. What their consumers cannot handle
    /// goes to <c>&lt;queue&gt;_error</c>.
    /// </summary>
    /// <param name="bus">The bus.</param>
    /// <param name="queue">The queue's name: that of the consuming service.</param>
    /// <param name="service">The publishing service; its exchange is <c>&lt;service&gt;.events</c>.</param>
    /// <param name="configure">Subscribes, and configures the endpoint.</param>
    public static void ReceiveModelEvents(
        this IRabbitMqBusFactoryConfigurator bus, string queue, string service, Action<ModelEventsEndpoint> configure)
    {
        ArgumentNullException.ThrowIfNull(bus);
        Check(queue, service, configure);
        bus.ReceiveEndpoint(queue, endpoint =>
        {
            var events = Configure(endpoint, queue, service, configure);
            if (!events.IsClassicQueue)
                endpoint.SetQuorumQueue();

            var bindings = events.Bindings.ToArray();
            foreach (var (source, name) in bindings)
                endpoint.Bind(EventNames.ExchangeOf(source.Service), binding => Declare(binding, source.AutoDelete, name));
            endpoint.ConfigureChannel(channel => channel.UseFilter(new BindingRenewal(bindings, [.. events.UnwantedBindings])));
        });
    }

    /// <summary>The same on MassTransit's in-memory transport, for tests.</summary>
    /// <inheritdoc cref="ReceiveModelEvents(IRabbitMqBusFactoryConfigurator, string, string, Action{ModelEventsEndpoint})"/>
    public static void ReceiveModelEvents(
        this IInMemoryBusFactoryConfigurator bus, string queue, string service, Action<ModelEventsEndpoint> configure)
    {
        ArgumentNullException.ThrowIfNull(bus);
        Check(queue, service, configure);
        bus.ReceiveEndpoint(queue, endpoint =>
        {
            foreach (var (source, name) in Configure(endpoint, queue, service, configure).Bindings)
                endpoint.Bind(EventNames.ExchangeOf(source.Service), ExchangeType.Topic, name);
        });
    }

    private static void Check(string queue, string service, Action<ModelEventsEndpoint> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        ArgumentException.ThrowIfNullOrWhiteSpace(service);
        ArgumentNullException.ThrowIfNull(configure);
    }

    private static ModelEventsEndpoint Configure(
        IReceiveEndpointConfigurator endpoint, string queue, string service, Action<ModelEventsEndpoint> configure)
    {
        var events = new ModelEventsEndpoint(endpoint, queue, service);
        configure(events);
        events.Apply();
        return events;
    }

    private static void Declare(IRabbitMqExchangeToExchangeBindingConfigurator binding, bool autoDelete, string name)
    {
        binding.ExchangeType = RabbitMQ.Client.ExchangeType.Topic;
        binding.Durable = true;
        binding.AutoDelete = autoDelete;
        binding.RoutingKey = name;
    }
}
