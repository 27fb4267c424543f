using MassTransit;
using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>
/// What a user sets of the host of a bus of ModelEvents' own. MassTransit keeps one callback for the connection factory: that of
/// the user is called after <paramref name="first"/>, and not in its place.
/// </summary>
/// <param name="host">MassTransit's own.</param>
/// <param name="first">Lets the factory make sockets that are known.</param>
/// <param name="sockets">What is known of them.</param>
internal sealed class OwnBusHost(
    IRabbitMqHostConfigurator host, RefreshConnectionFactoryCallback first, SocketWatch sockets) : IRabbitMqHostConfigurator
{
    private RefreshConnectionFactoryCallback? _then;

    public bool PublisherConfirmation
    {
        set => host.PublisherConfirmation = value;
    }

    public RefreshConnectionFactoryCallback OnRefreshConnectionFactory
    {
        set
        {
            _then += value;
            host.OnRefreshConnectionFactory = RefreshAsync;
        }
    }

    public ICredentialsProvider CredentialsProvider
    {
        set => host.CredentialsProvider = value;
    }

    public void UseSsl(Action<IRabbitMqSslConfigurator>? configure = null) => host.UseSsl(configure);

    public void Heartbeat(ushort requestedHeartbeat) => host.Heartbeat(requestedHeartbeat);

    public void Heartbeat(TimeSpan timeSpan) => host.Heartbeat(timeSpan);

    public void Username(string username) => host.Username(username);

    public void Password(string password) => host.Password(password);

    public void UseCluster(Action<IRabbitMqClusterConfigurator> configureCluster) => host.UseCluster(configureCluster);

    public void RequestedChannelMax(ushort value) => host.RequestedChannelMax(value);

    public void RequestedFrameMax(uint value) => host.RequestedFrameMax(value);

    public void RequestedConnectionTimeout(int milliseconds) => host.RequestedConnectionTimeout(milliseconds);

    public void RequestedConnectionTimeout(TimeSpan timeSpan) => host.RequestedConnectionTimeout(timeSpan);

    public void ContinuationTimeout(TimeSpan timeout) => host.ContinuationTimeout(timeout);

    public void MaxMessageSize(uint maxMessageSize) => host.MaxMessageSize(maxMessageSize);

    public void ConnectionName(string? connectionName) => host.ConnectionName(connectionName);

    private async Task RefreshAsync(ConnectionFactory factory)
    {
        await first(factory).ConfigureAwait(false);
        var known = factory.SocketFactory;
        foreach (var then in Delegate.EnumerateInvocationList(_then))
            await then(factory).ConfigureAwait(false);
        if (factory.SocketFactory != known)
            sockets.Blind();
    }
}
