using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Consuming;

/// <summary>Connects one consumer to its endpoint, with the filters that each of its message types needs.</summary>
internal sealed class ConsumerSubscription<TConsumer>(IRegistrationContext context) : IConsumerSubscription
    where TConsumer : class, IConsumer
{
    private readonly Dictionary<Subject, Type> _messages = [];
    private readonly Dictionary<Type, IMessageSubscription> _subscriptions = [];

    public void Add<TMessage>(Subject subject)
        where TMessage : class
    {
        if (_messages.TryGetValue(subject, out var other) && other != typeof(TMessage))
            throw new InvalidOperationException(
                $"The consumer '{typeof(TConsumer).Name}' subscribes to '{subject.Name}' both as '{other.Name}' and as "
                + $"'{typeof(TMessage).Name}'. Name one of them, or split the consumer.");

        _messages[subject] = typeof(TMessage);
        if (!_subscriptions.TryGetValue(typeof(TMessage), out var subscription))
            _subscriptions.Add(typeof(TMessage), subscription = new MessageSubscription<TMessage>());

        subscription.Subjects.Add(subject);
    }

    public void Connect(IReceiveEndpointConfigurator endpoint, Subscriptions subscriptions, string queue, Type? inbox)
    {
        CheckRegistered(inbox);
        CloseOthers();
        var use = inbox is null ? null : new InboxUse(queue, inbox);

        // Not by the callback of ConfigureConsumer: MassTransit calls that again for every further endpoint of the consumer.
        endpoint.ConnectConsumerConfigurationObserver(new ConsumerFilters<TConsumer>(configurator =>
        {
            foreach (var subscription in _subscriptions.Values)
                subscription.Filter(configurator, subscriptions, use);
        }));
        if (IsAdded())
            context.ConfigureConsumer(typeof(TConsumer), endpoint);
        else
            endpoint.Consumer<TConsumer>(context);
    }

    /// <summary>
    /// MassTransit connects a consumer for all types that it can take: one that it has not subscribed to, but another on the queue
    /// has, must not reach it.
    /// </summary>
    private void CloseOthers()
    {
        foreach (var message in typeof(TConsumer).GetInterfaces().Where(IsOfMessage).Select(taken => taken.GenericTypeArguments[0]))
        {
            if (!_subscriptions.ContainsKey(message))
                _subscriptions.Add(message, (IMessageSubscription)Activator.CreateInstance(
                    typeof(MessageSubscription<>).MakeGenericType(typeof(TConsumer), message))!);
        }
    }

    // A batch is handed over by filters of its own, which have none of these.
    private static bool IsOfMessage(Type type) =>
        type.IsGenericType
        && type.GetGenericTypeDefinition() == typeof(IConsumer<>)
        && !MessageTypes.IsBatch(type.GenericTypeArguments[0]);

    private bool IsAdded() =>
        context.GetRequiredService<IContainerSelector>().TryGetRegistration<IConsumerRegistration>(
            context, typeof(TConsumer), out _);

    private void CheckRegistered(Type? inbox)
    {
        if (!context.GetRequiredService<IServiceProviderIsService>().IsService(typeof(TConsumer)))
            throw new InvalidOperationException(
                $"The consumer '{typeof(TConsumer).Name}' is not registered. Add 'bus.AddConsumer<{typeof(TConsumer).Name}>()' "
                + "inside 'AddMassTransit'.");

        if (inbox is not null
            && !context.GetRequiredService<IServiceProviderIsKeyedService>().IsKeyedService(typeof(IInbox), inbox))
            throw new InvalidOperationException(
                $"The inbox of '{inbox.Name}' is not registered. Add 'services.AddModelEventsInbox<{inbox.Name}>()' "
                + "of the package 'ModelEvents.EntityFrameworkCore'.");
    }

    private interface IMessageSubscription
    {
        HashSet<Subject> Subjects { get; }

        void Filter(IConsumerConfigurator<TConsumer> configurator, Subscriptions subscriptions, InboxUse? inbox);
    }

    private sealed class MessageSubscription<TMessage> : IMessageSubscription
        where TMessage : class
    {
        public HashSet<Subject> Subjects { get; } = [];

        public void Filter(IConsumerConfigurator<TConsumer> configurator, Subscriptions subscriptions, InboxUse? inbox)
        {
            configurator.Message<TMessage>(message => message.UseFilter(new SubjectFilter<TMessage>(subscriptions, Subjects)));
            if (inbox is not null)
                configurator.ConsumerMessage<TMessage>(
                    message => message.UseFilter(new InboxFilter<TConsumer, TMessage>(inbox, subscriptions)));
        }
    }
}
