using System.Net.Security;
using System.Security.Authentication;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.InMemoryTransport.Configuration;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents.Configuration;
using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>
/// Makes ModelEvents' own bus: on RabbitMQ, or in memory where this process does not publish, which then needs no broker.
/// </summary>
internal sealed class OwnBusFactory(Action<IRabbitMqHostConfigurator>? configure) : IRegistrationBusFactory
{
    private Func<IBusControl>? _another;
    private volatile BusConnection? _connection;

    /// <summary>What is known of the connections of the bus that was made last.</summary>
    public SocketWatch Sockets { get; private set; } = new();

    /// <summary>The connection of that bus, or <see langword="null"/> where it has no broker.</summary>
    public BusConnection? Connection => _connection;

    public IBusInstance CreateBus(
        IBusRegistrationContext context, IEnumerable<IBusInstanceSpecification> specifications, string busName)
    {
        var known = specifications.ToArray();
        _another = () => Create(context, known, busName).BusControl;

        // What was saved while the program stopped may have let it connect again.
        context.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(() => Sockets.AbortIfAny());
        return Create(context, known, busName);
    }

    /// <summary>Makes another bus like the first, to take its place.</summary>
    public IBusControl CreateAnother() =>
        (_another ?? throw new InvalidOperationException("There is no bus yet that another could be made like."))();

    private IBusInstance Create(
        IBusRegistrationContext context, IBusInstanceSpecification[] specifications, string busName)
    {
        Sockets = new SocketWatch();
        var options = context.GetRequiredService<IOptions<ModelEventsOptions>>().Value;

        // A wrong address is told with all other mistakes when the program starts, which may be after the bus was asked for.
        if (!options.Dispatcher.Enabled || OptionsMistakes.OfBroker(options.Broker).Any())
            return new InMemoryRegistrationBusFactory(baseAddress: null, configure: null)
                .CreateBus(context, specifications, busName);

        var instance = new RabbitMqRegistrationBusFactory((_, rabbitMq) => UseBroker(rabbitMq, options))
            .CreateBus(context, specifications, busName);
        _connection = new BusConnection((IRabbitMqHostConfiguration)instance.HostConfiguration, Sockets);
        return new OwnBusInstance(instance, new OwnBus(instance.BusControl, Sockets, () => _connection!));
    }

    private void UseBroker(IRabbitMqBusFactoryConfigurator rabbitMq, ModelEventsOptions options)
    {
        var uri = new Uri(options.Broker.Uri);
        rabbitMq.Host(uri, $"ModelEvents {options.ServiceName}", host =>
        {
            var sockets = Sockets;
            Task UseSocketsAsync(ConnectionFactory factory) => QueuedSocket.UseAsync(factory, sockets);
            host.OnRefreshConnectionFactory = UseSocketsAsync;
            if (uri.Scheme == "amqps")
                host.UseSsl(VerifyBroker);

            configure?.Invoke(new OwnBusHost(host, UseSocketsAsync, sockets));
        });
    }

    // MassTransit's defaults are TLS on port 5671 alone, whatever the scheme, at version 1.2, with any certificate.
    private static void VerifyBroker(IRabbitMqSslConfigurator tls)
    {
        tls.Protocol = SslProtocols.None;
        tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors);
    }
}
