using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>The way to the broker: one connection at a time, opened when it is needed.</summary>
internal sealed class BrokerLink : IAsyncDisposable, IDisposable
{
    private readonly ConnectionFactory _factory;
    private readonly BrokerOptions _options;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _opening = new(1);
    private readonly CancellationTokenSource _disposed = new();
    private BrokerSession? _session;

    public BrokerLink(ModelEventsOptions options, Action<ConnectionFactory>? configure, ILogger log)
    {
        _options = options.Broker;
        _log = log;
        _factory = new ConnectionFactory
        {
            Uri = new Uri(options.Broker.Uri),
            ClientProvidedName = $"ModelEvents {options.ServiceName}",
            RequestedConnectionTimeout = PublishContext.Patience,
        };
        VerifyBroker(_factory.Ssl, _factory.HostName);
        configure?.Invoke(_factory);

        // A recovered channel counts its confirms from 1 again and knows nothing of what was on its way.
        _factory.AutomaticRecoveryEnabled = false;
    }

    /// <summary>The open connection.</summary>
    /// <exception cref="BrokerAwayException">There is none, and none could be made.</exception>
    public async Task<BrokerSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _session) is { IsOpen: true } open)
            return open;

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_session is { IsOpen: true } opened)
                return opened;

            _session?.Abandon();
            _session = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            AbandonIfDisposed();
            return _session;
        }
        finally
        {
            _opening.Release();
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _session?.Abandon();
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        if (_session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<BrokerSession> ConnectAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        ending.CancelAfter(PublishContext.Patience);
        var connecting = _factory.CreateConnectionAsync(ending.Token);
        try
        {
            return new BrokerSession(await connecting.WaitAsync(ending.Token).ConfigureAwait(false), _options, _log);
        }
        catch (Exception exception)
        {
            // The client does not heed the token while it waits for the broker's answer.
            BrokerSession.CloseLate(connecting);
            cancellationToken.ThrowIfCancellationRequested();
            throw new BrokerAwayException(
                $"No connection to the broker at '{_factory.Endpoint.HostName}:{_factory.Endpoint.Port}'. Start it or "
                + $"correct its address and user: {exception.GetBaseException().Message}",
                exception);
        }
    }

    /// <summary>Whoever disposes looks for a connection once; this one may have come too late for that.</summary>
    private void AbandonIfDisposed()
    {
        if (_disposed.IsCancellationRequested)
            _session?.Abandon();
    }

    // From an amqps URI the client takes TLS, but then accepts a certificate of any name.
    private static void VerifyBroker(SslOption tls, string host)
    {
        tls.ServerName = host;
        tls.Version = SslProtocols.None;
        tls.AcceptablePolicyErrors = SslPolicyErrors.None;
    }
}
