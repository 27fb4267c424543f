using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>The events of one publishing service, for an endpoint to subscribe to.</summary>
public sealed class ServiceEvents
{
    private readonly ModelEventsEndpoint _endpoint;

    internal ServiceEvents(ModelEventsEndpoint endpoint, string service)
    {
        _endpoint = endpoint;
        Service = service;
    }

    /// <summary>The publishing service.</summary>
    public string Service { get; }

    /// <summary>
    /// Whether the service's exchange is declared as auto-delete; default <see langword="false"/>. Must be what the service
    /// itself declares (<c>Broker:AutoDelete</c>), else RabbitMQ refuses one of the two with 406.
    /// </summary>
    public bool AutoDelete { get; set; }

    /// <inheritdoc cref="ModelEventsEndpoint.On{TMessage, TConsumer}"/>
    public ServiceEvents On<TMessage, TConsumer>(IRegistrationContext context, params IReadOnlyList<string> names)
        where TMessage : class
        where TConsumer : class, IConsumer<TMessage>
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
            throw new ArgumentException(
                $"The consumer '{typeof(TConsumer).Name}' subscribes to no event. Name one, such as 'order__created'.");

        foreach (var name in names)
            _endpoint.Subscribe<TMessage, TConsumer>(context, Subject.Of(Service, name));

        return this;
    }

    /// <inheritdoc cref="ModelEventsEndpoint.Ignore(IReadOnlyList{string})"/>
    public ServiceEvents Ignore(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
            _endpoint.Ignore(Subject.Of(Service, name));

        return this;
    }
}
