using MassTransit;
using MassTransit.Configuration;
using MassTransit.Transports;

namespace ModelEvents.Publishing;

/// <summary>MassTransit's view of a bus of ModelEvents' own, by which it starts and stops it.</summary>
internal sealed class OwnBusInstance(IBusInstance instance, OwnBus bus) : IBusInstance
{
    public string Name => instance.Name;

    public Type InstanceType => instance.InstanceType;

    public IBus Bus => bus;

    public IBusControl BusControl => bus;

    public IHostConfiguration HostConfiguration => instance.HostConfiguration;

    public void Connect<TRider>(IRiderControl riderControl)
        where TRider : IRider => instance.Connect<TRider>(riderControl);

    public TRider GetRider<TRider>()
        where TRider : IRider => instance.GetRider<TRider>();

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(
        IEndpointDefinition definition,
        IEndpointNameFormatter endpointNameFormatter,
        Action<IBusRegistrationContext, IReceiveEndpointConfigurator>? configure = null) =>
        instance.ConnectReceiveEndpoint(definition, endpointNameFormatter, configure);

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(
        string queueName, Action<IBusRegistrationContext, IReceiveEndpointConfigurator>? configure = null) =>
        instance.ConnectReceiveEndpoint(queueName, configure);
}
