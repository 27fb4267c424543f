using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents;
using ModelEvents.Dispatching;
using ModelEvents.Models;
using ModelEvents.Publishing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Publishes events through MassTransit.</summary>
public static class MassTransitModelEventsBuilderExtensions
{
    /// <summary>
    /// Publishes through a bus of ModelEvents' own, on the RabbitMQ broker of <see cref="BrokerOptions.Uri"/>, to which it
    /// does not connect where <see cref="DispatcherOptions.Enabled"/> is off. The application's own <c>AddMassTransit</c>,
    /// if any, is left alone.
    /// </summary>
    /// <param name="builder">The step that this follows.</param>
    /// <param name="configure">Sets what the URI cannot say, such as client certificates; called last.</param>
    public static ModelEventsBuilder PublishWithMassTransit(
        this ModelEventsBuilder builder, Action<IRabbitMqHostConfigurator>? configure = null)
    {
        if (builder.Services.All(service => service.ServiceType != typeof(IModelEventsBus)))
        {
            var factory = new OwnBusFactory(configure);
            builder.Services.AddSingleton(factory);
            builder.Services.AddMassTransit<IModelEventsBus>(bus => bus.SetBusFactory(factory));

            // The bus is a hosted service: the dispatcher must stop before it, to finish what is in flight.
            builder.Services.AddDispatcher();
        }

        return builder.Publish(nameof(PublishWithMassTransit), provider => provider.GetRequiredService<IModelEventsBus>());
    }

    /// <summary>
    /// Publishes through a bus that the application has registered: <see cref="IBus"/> for that of <c>AddMassTransit</c>,
    /// or the interface of a further one (https://masstransit.io/documentation/configuration/multibus).
    /// <see cref="BrokerOptions.Uri"/> is not used.
    /// </summary>
    /// <typeparam name="TBus">The bus's type.</typeparam>
    public static ModelEventsBuilder PublishWithMassTransit<TBus>(this ModelEventsBuilder builder)
        where TBus : class, IBus
    {
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistrationCheck, BusRegistration<TBus>>());
        return builder.Publish(
            $"{nameof(PublishWithMassTransit)}<{typeof(TBus).Name}>", provider => provider.GetRequiredService<TBus>());
    }

    /// <summary>
    /// Publishes through <paramref name="bus"/>, which the application starts and stops.
    /// <see cref="BrokerOptions.Uri"/> is not used.
    /// </summary>
    public static ModelEventsBuilder PublishWithMassTransit(this ModelEventsBuilder builder, IBus bus) =>
        builder.Publish($"{nameof(PublishWithMassTransit)}(bus)", _ => bus);

    /// <summary>Publishes through the bus that <paramref name="bus"/> returns; called once.</summary>
    public static ModelEventsBuilder PublishWithMassTransit(
        this ModelEventsBuilder builder, Func<IServiceProvider, IBus> bus) =>
        builder.Publish($"{nameof(PublishWithMassTransit)}(provider => bus)", bus);

    private static ModelEventsBuilder Publish(
        this ModelEventsBuilder builder, string call, Func<IServiceProvider, IBus> bus)
    {
        builder.Services.AddPublisher(call, provider => NewPublisher(provider, bus(provider)));
        return builder;
    }

    private static MassTransitPublisher NewPublisher(IServiceProvider provider, IBus bus) => new(
        bus,
        bus is IModelEventsBus ? provider.GetService<OwnBusFactory>() : null,
        new PublisherSettings(
            provider.GetRequiredService<IOptions<ModelEventsOptions>>().Value,
            provider.GetRequiredService<ExchangeWatch>(),
            provider.GetRequiredService<TimeProvider>()),
        provider.GetRequiredService<ILogger<MassTransitPublisher>>());
}
