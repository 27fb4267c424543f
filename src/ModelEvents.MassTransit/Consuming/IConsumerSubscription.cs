using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>A consumer with all that it subscribed to.</summary>
internal interface IConsumerSubscription
{
    void Connect(IReceiveEndpointConfigurator endpoint, Subscriptions subscriptions, string queue, Type? inbox);
}
