using MassTransit;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Events;

namespace ModelEvents.Publishing;

/// <summary>
/// The bus that events leave through, and what is known of its channel, which all exchanges share. A bus of ModelEvents' own is
/// replaced by another when it is stuck: RabbitMQ.Client 7.1 may never end a publish on a channel that MassTransit disposes of
/// while its connection is being lost (the two race for a semaphore), and MassTransit makes no other connection before it has.
/// </summary>
internal sealed class BusLink : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly OwnBusFactory? _own;
    private readonly ILogger _logger;
    private IBus _bus;
    private ConnectHandle _watch;
    private IBusControl? _replacement;
    private volatile ShutdownEventArgs? _closedChannel;

    /// <param name="bus">The bus.</param>
    /// <param name="own">What made it, if it is ModelEvents' own.</param>
    /// <param name="logger">Where it is told that a bus is replaced.</param>
    public BusLink(IBus bus, OwnBusFactory? own, ILogger logger)
    {
        (_bus, _own, _logger) = (bus, own, logger);
        _watch = bus.ConnectSendObserver(new SendWatch());
    }

    /// <summary>The scheme of the transport's addresses, such as <c>rabbitmq</c> or <c>loopback</c>.</summary>
    public string Scheme => Bus.Address.Scheme;

    /// <summary>Why the last channel was closed.</summary>
    public ShutdownEventArgs? ClosedChannel => _closedChannel;

    /// <summary>How many connections the bus has tried to make, for <see cref="ReplaceIfStuck"/>.</summary>
    public SocketAttempts Attempts => SocketAttempts.Of(_own?.Sockets);

    /// <summary>What is known of the sockets of a bus of ModelEvents' own.</summary>
    public SocketWatch? Sockets => _own?.Sockets;

    private IBus Bus
    {
        get
        {
            lock (_lock)
                return _bus;
        }
    }

    /// <summary>The connection of a bus of ModelEvents' own; others give none away.</summary>
    public BusConnection? Connection => _own?.Connection;

    public void NoteClosedChannel(ShutdownEventArgs reason, string exchange, PublishStatus status)
    {
        if (status is PublishStatus.Refused && reason != _closedChannel)
            Log.ChannelClosed(_logger, exchange, reason.ReplyText);

        _closedChannel = reason;
    }

    // Asked for each time: MassTransit caches endpoints, and disposes of those that it drops from its cache.
    public Task<ISendEndpoint> GetEndpointAsync(Uri address) => Bus.GetSendEndpoint(address);

    public void NoteExchange(string exchange) => Log.Publishing(_logger, exchange, Bus.Address.Authority);

    /// <summary>
    /// Lets another bus take this one's place if it had events to send since <paramref name="before"/>, has no connection and
    /// has not tried to make one: one that only waits for its broker tries.
    /// </summary>
    public void ReplaceIfStuck(SocketAttempts before)
    {
        lock (_lock)
        {
            if (_own is null || !before.IsStuck(_own.Sockets))
                return;

            Log.BusReplaced(_logger, _bus.Address.Authority);
            if (_replacement is { } replaced)
                _ = StopAsync(replaced);

            _watch.Disconnect();
            _bus = _replacement = _own.CreateAnother();
            _watch = _bus.ConnectSendObserver(new SendWatch());
            _ = Task.Run(() => _replacement.StartAsync(CancellationToken.None));
        }
    }

    /// <summary>Says why nothing was confirmed within <paramref name="patience"/>.</summary>
    public PublishOutcome Silence(TimeSpan patience)
    {
        var bus = Bus;
        var health = (bus as IBusControl)?.CheckHealth();
        var broker = bus.Address.Authority;
        return SendFailure.Unavailable(health is null or { Status: BusHealthStatus.Healthy }
            ? $"The broker at '{broker}' confirmed nothing for {patience.TotalSeconds:0.#} s. See whether a memory or disk "
                + "alarm blocks its publishers."
            : $"No connection to the broker at '{broker}'. Start it or correct its address and user: "
                + (health.Exception?.GetBaseException().Message ?? health.Description));
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Disconnect();
        if (_replacement is { } replacement)
            await StopAsync(replacement).ConfigureAwait(false);
    }

    private static async Task StopAsync(IBusControl bus)
    {
        try
        {
            await bus.StopAsync(StopTimeout).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // One that is stuck may not stop either. Nothing is lost with it.
        }
    }
}
