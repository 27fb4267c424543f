using MassTransit;

namespace ModelEvents.Consuming;

/// <summary>Waits for the configuration of a consumer on its endpoint, and adds filters to it once.</summary>
internal sealed class ConsumerFilters<TConsumer>(Action<IConsumerConfigurator<TConsumer>> add)
    : IConsumerConfigurationObserver
    where TConsumer : class
{
    private bool _added;

    public void ConsumerConfigured<T>(IConsumerConfigurator<T> configurator)
        where T : class
    {
        if (_added || configurator is not IConsumerConfigurator<TConsumer> own)
            return;

        _added = true;
        add(own);
    }

    public void ConsumerMessageConfigured<T, TMessage>(IConsumerMessageConfigurator<T, TMessage> configurator)
        where T : class
        where TMessage : class
    {
    }
}
