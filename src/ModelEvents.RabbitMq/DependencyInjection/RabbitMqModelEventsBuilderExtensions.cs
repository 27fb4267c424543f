using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents;
using ModelEvents.Dispatching;
using ModelEvents.Publishing;
using RabbitMQ.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Publishes events through RabbitMQ.Client.</summary>
public static class RabbitMqModelEventsBuilderExtensions
{
    /// <summary>
    /// Publishes through a connection of ModelEvents' own to the RabbitMQ broker of <see cref="BrokerOptions.Uri"/>. It is
    /// opened when the dispatcher starts and closed with the service provider, after the dispatcher has stopped.
    /// </summary>
    /// <param name="builder">The step that this follows.</param>
    /// <param name="configure">
    /// Sets what the URI cannot say, such as client certificates; called last. The client's own recovery stays off: the
    /// dispatcher connects again, and sends again what was not confirmed.
    /// </param>
    public static ModelEventsBuilder PublishToRabbitMq(
        this ModelEventsBuilder builder, Action<ConnectionFactory>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.Services.AddPublisher(nameof(PublishToRabbitMq), provider => new RabbitMqPublisher(
            provider.GetRequiredService<IOptions<ModelEventsOptions>>().Value,
            configure,
            provider.GetRequiredService<ExchangeWatch>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RabbitMqPublisher>>()));
        return builder;
    }
}
