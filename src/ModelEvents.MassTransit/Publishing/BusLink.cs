using MassTransit;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Events;

namespace ModelEvents.Publishing;

/// <summary>The bus that events leave through, and what is known of its channel, which all exchanges share.</summary>
internal sealed class BusLink : IDisposable
{
    private readonly IBus _bus;
    private readonly ILogger _logger;
    private readonly ConnectHandle _watch;
    private volatile ShutdownEventArgs? _closedChannel;

    public BusLink(IBus bus, ILogger logger)
    {
        _bus = bus;
        _logger = logger;
        _watch = bus.ConnectSendObserver(new SendWatch());
    }

    /// <summary>The scheme of the transport's addresses, such as <c>rabbitmq</c> or <c>loopback</c>.</summary>
    public string Scheme => _bus.Address.Scheme;

    /// <summary>Why the last channel was closed.</summary>
    public ShutdownEventArgs? ClosedChannel => _closedChannel;

    public void NoteClosedChannel(ShutdownEventArgs reason, string exchange, PublishStatus status)
    {
        if (status is PublishStatus.Refused && reason != _closedChannel)
            Log.ChannelClosed(_logger, exchange, reason.ReplyText);

        _closedChannel = reason;
    }

    // Asked for each time: MassTransit caches endpoints, and disposes of those that it drops from its cache.
    public Task<ISendEndpoint> GetEndpointAsync(Uri address) => _bus.GetSendEndpoint(address);

    public void NoteExchange(string exchange) => Log.Publishing(_logger, exchange, _bus.Address.Authority);

    /// <summary>Says why nothing was confirmed within <paramref name="patience"/>.</summary>
    public PublishOutcome Silence(TimeSpan patience)
    {
        var health = (_bus as IBusControl)?.CheckHealth();
        var broker = _bus.Address.Authority;
        return SendFailure.Unavailable(health is null or { Status: BusHealthStatus.Healthy }
            ? $"The broker at '{broker}' confirmed nothing for {patience.TotalSeconds:0.#} s. See whether a memory or disk "
                + "alarm blocks its publishers."
            : $"No connection to the broker at '{broker}'. Start it or correct its address and user: "
                + (health.Exception?.GetBaseException().Message ?? health.Description));
    }

    public void Dispose() => _watch.Disconnect();
}
