using System.Net.Security;
using System.Security.Authentication;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.InMemoryTransport.Configuration;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ModelEvents.Publishing;

/// <summary>
/// Makes ModelEvents' own bus: on RabbitMQ, or in memory where this process does not publish, which then needs no broker.
/// </summary>
internal sealed class OwnBusFactory(Action<IRabbitMqHostConfigurator>? configure) : IRegistrationBusFactory
{
    public IBusInstance CreateBus(
        IBusRegistrationContext context, IEnumerable<IBusInstanceSpecification> specifications, string busName)
    {
        var options = context.GetRequiredService<IOptions<ModelEventsOptions>>().Value;
        IRegistrationBusFactory factory = options.Dispatcher.Enabled
            ? new RabbitMqRegistrationBusFactory((_, rabbitMq) => UseBroker(rabbitMq, options))
            : new InMemoryRegistrationBusFactory(baseAddress: null, configure: null);
        return factory.CreateBus(context, specifications, busName);
    }

    private void UseBroker(IRabbitMqBusFactoryConfigurator rabbitMq, ModelEventsOptions options)
    {
        var uri = new Uri(options.Broker.Uri);
        rabbitMq.Host(uri, $"ModelEvents {options.ServiceName}", host =>
        {
            host.OnRefreshConnectionFactory = QueuedSocket.UseAsync;
            if (uri.Scheme == "amqps")
                host.UseSsl(VerifyBroker);

            configure?.Invoke(host);
        });
    }

    // MassTransit's defaults are TLS on port 5671 alone, whatever the scheme, at version 1.2, with any certificate.
    private static void VerifyBroker(IRabbitMqSslConfigurator tls)
    {
        tls.Protocol = SslProtocols.None;
        tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors);
    }
}
