using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ModelEvents.Publishing;

/// <summary>One connection while it lasts: its channels, the exchanges seen on it, and whether the broker blocks it.</summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    // Counting confirms here is cheaper than a task for each of them, and a rate limiter of the client's makes it crawl.
    private static readonly CreateChannelOptions Confirming = new(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);

    private readonly IConnection _connection;
    private readonly BrokerOptions _options;
    private readonly ILogger _log;
    private readonly ConcurrentBag<IChannel> _idle = [];
    private readonly ConcurrentDictionary<string, bool> _exchanges = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource? _blocked;

    public BrokerSession(IConnection connection, BrokerOptions options, ILogger log)
    {
        _connection = connection;
        _options = options;
        _log = log;
        _connection.ConnectionBlockedAsync += OnBlockedAsync;
        _connection.ConnectionUnblockedAsync += OnUnblockedAsync;
        _connection.ConnectionShutdownAsync += OnShutdownAsync;
    }

    public bool IsOpen => _connection.IsOpen;

    /// <summary>The broker's host and port.</summary>
    public string Broker => $"{_connection.Endpoint.HostName}:{_connection.Endpoint.Port}";

    /// <summary>Completed, unless a memory or disk alarm blocks the broker's publishers.</summary>
    public Task Unblocked => _blocked?.Task ?? Task.CompletedTask;

    /// <summary>A channel for one run alone, so that what closes it takes along nothing of other runs.</summary>
    public async Task<IChannel> RentAsync(CancellationToken cancellationToken)
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.IsOpen)
                return idle;

            Close(idle);
        }

        var opening = _connection.CreateChannelAsync(Confirming, CancellationToken.None);
        try
        {
            return await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Once it was asked for, the client waits for the broker's answer whatever the token says.
            CloseLate(opening);
            throw;
        }
    }

    /// <summary>Takes a channel back on which nothing is in flight and no answer is awaited.</summary>
    public void Return(IChannel channel) => _idle.Add(channel);

    /// <summary>Ends a channel, whatever is in flight on it.</summary>
    public static void Close(IChannel channel) => Forget(channel.DisposeAsync());

    /// <summary>Ends what nobody waits for any longer, as soon as it is there.</summary>
    public static void CloseLate<T>(Task<T> opening)
        where T : IAsyncDisposable
    {
        Forget(CloseAsync());

        async ValueTask CloseAsync() => await (await opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Declares or checks an exchange, once for the connection.</summary>
    /// <param name="channel">The channel, which is closed where the exchange is missing or otherwise.</param>
    /// <param name="exchange">The exchange.</param>
    /// <param name="shouldBeThere">Whether it is to be found rather than made, as it was there before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task EnsureExchangeAsync(
        IChannel channel, string exchange, bool shouldBeThere, CancellationToken cancellationToken)
    {
        if (_exchanges.ContainsKey(exchange))
            return;

        // Not by the client's own token, which it does not heed while it waits for the broker's answer.
        if (shouldBeThere && _options.Topology is ExchangeTopology.Declare)
            await channel.ExchangeDeclarePassiveAsync(exchange, CancellationToken.None).WaitAsync(cancellationToken)
                .ConfigureAwait(false);
        await AskForExchangeAsync(channel, exchange).WaitAsync(cancellationToken).ConfigureAwait(false);

        if (_exchanges.TryAdd(exchange, true))
            Log.Publishing(_log, exchange, Broker);
    }

    /// <summary>Looks whether an exchange is there; throws where it is not.</summary>
    public async Task FindExchangeAsync(string exchange, CancellationToken cancellationToken)
    {
        var channel = await RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await channel.ExchangeDeclarePassiveAsync(exchange, CancellationToken.None).WaitAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            Close(channel);
            throw;
        }

        Return(channel);
    }

    /// <summary>Forgets that an exchange was there.</summary>
    public void ForgetExchange(string exchange) => _exchanges.TryRemove(exchange, out _);

    /// <summary>Gives the connection up without waiting for it to close, as nothing is heard through it.</summary>
    public void Abandon() => Forget(DisposeAsync());

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The client waits without end for its last bytes to be taken.
            await _connection.DisposeAsync().AsTask().WaitAsync(CloseTimeout).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It is gone either way.
        }
    }

    private Task AskForExchangeAsync(IChannel channel, string exchange) => _options.Topology switch
    {
        ExchangeTopology.Declare => channel.ExchangeDeclareAsync(
            exchange, ExchangeType.Topic, durable: true, _options.AutoDelete, cancellationToken: CancellationToken.None),
        ExchangeTopology.Passive => channel.ExchangeDeclarePassiveAsync(exchange, CancellationToken.None),
        _ => Task.CompletedTask,
    };

    private static void Forget(ValueTask closing) =>
        closing.AsTask().ContinueWith(static closed => closed.Exception, TaskScheduler.Default);

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
    {
        _blocked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Log.Blocked(_log, Broker, blocked.Reason);
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        EndBlock();
        Log.Unblocked(_log, Broker);
        return Task.CompletedTask;
    }

    /// <summary>A connection that is lost is blocked no more: whoever waits shall see that it is closed.</summary>
    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        EndBlock();
        return Task.CompletedTask;
    }

    private void EndBlock()
    {
        _blocked?.TrySetResult();
        _blocked = null;
    }
}
