using MassTransit;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Publishing;

/// <summary>
/// One call's events of one exchange: each key's events one after the other, many keys at a time. Ends early when the
/// broker or the exchange is away, or when nothing was confirmed for a while.
/// </summary>
internal sealed class PublishRun : IDisposable
{
    private static readonly TimeSpan ChannelRenewal = TimeSpan.FromMilliseconds(20);

    // Of several addresses of a broker the next is tried right away.
    private static readonly TimeSpan NextAddress = TimeSpan.FromSeconds(0.5);

    private readonly Exchange _exchange;
    private readonly Exchange.Route _route;
    private readonly IReadOnlyList<ModelEvent> _events;
    private readonly PublishOutcome?[] _outcomes;
    private readonly KeyOrder _order;
    private readonly CancellationTokenSource _patience;
    private readonly CancellationTokenSource _end;
    private readonly CancellationToken _ended;
    private int _taken;

    public PublishRun(Exchange exchange, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        _exchange = exchange;
        _route = exchange.CurrentRoute();
        _events = events;
        _outcomes = new PublishOutcome?[events.Count];
        _order = new KeyOrder(events);
        _patience = new CancellationTokenSource(exchange.Settings.Patience, exchange.Settings.Time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _patience.Token);
        _ended = _end.Token;
    }

    /// <summary>Why the run ended early, or <see langword="null"/> where it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Publishes, and returns an outcome for each event, or none for those that the run did not get to.</summary>
    public async Task<PublishOutcome?[]> PublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await UntilPublishedAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failure ??= exception;
        }

        lock (_outcomes)
            return [.. _outcomes];
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();

        // Not disposed: a send that was left behind may still come back and set it.
        _patience.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Publishes, unless there is no connection: MassTransit rests for up to half a minute before it makes another, and the
    /// next run lets it make one at once.
    /// </summary>
    private async Task UntilPublishedAsync()
    {
        var failed = _exchange.Link.Sockets?.Failed;

        // What MassTransit awaits inside of a send does not always heed the token: leave it behind.
        var publishing = PublishAllAsync().WaitAsync(_ended);
        while (failed is not null && await Task.WhenAny(publishing, failed).ConfigureAwait(false) == failed)
        {
            await Task.WhenAny(publishing, Task.Delay(NextAddress, _exchange.Settings.Time, _ended)).ConfigureAwait(false);
            if (_exchange.Link.Sockets is not { IsAnyOpen: false } || publishing.IsCompleted)
                failed = _exchange.Link.Sockets?.Failed;
            else
                throw await failed.ConfigureAwait(false);
        }

        await publishing.ConfigureAwait(false);
    }

    private async Task PublishAllAsync()
    {
        var endpoint = await _exchange.GetEndpointAsync(_route).ConfigureAwait(false);

        // Only one event waits for a broker that is away and meets an exchange that is missing or otherwise declared.
        if (!_exchange.Proven)
            await PublishNextKeyAsync(endpoint).ConfigureAwait(false);

        var atOnce = Math.Min(_exchange.Settings.MaxInFlight, _order.Firsts.Count);
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => PublishKeysAsync(endpoint))).ConfigureAwait(false);
    }

    private async Task PublishKeysAsync(ISendEndpoint endpoint)
    {
        while (await PublishNextKeyAsync(endpoint).ConfigureAwait(false))
        {
        }
    }

    private async Task<bool> PublishNextKeyAsync(ISendEndpoint endpoint)
    {
        var taken = Interlocked.Increment(ref _taken) - 1;
        if (taken >= _order.Firsts.Count)
            return false;

        var held = false;
        foreach (var position in _order.From(_order.Firsts[taken]))
        {
            var outcome = held
                ? PublishOutcome.Held
                : await PublishAsync(endpoint, _events[position]).ConfigureAwait(false);
            held = held || !_exchange.Settings.IsDone(outcome.Status);
            lock (_outcomes)
                _outcomes[position] = outcome;
        }

        return true;
    }

    private async Task<PublishOutcome> PublishAsync(ISendEndpoint endpoint, ModelEvent modelEvent)
    {
        var wire = WireMessage.From(modelEvent, _exchange.Settings.Envelope);
        while (true)
        {
            var closed = _exchange.Link.ClosedChannel;
            var exception = await SendAsync(endpoint, new OutgoingEvent(wire)).ConfigureAwait(false);
            if (!IsOfLostChannel(exception, closed))
                return Conclude(modelEvent, exception);

            await Task.Delay(ChannelRenewal, _exchange.Settings.Time, _ended).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether the event only met a channel that others had lost: MassTransit has not noticed yet that it is closed or
    /// disposed of, or another exchange, on the channel that all share, is to blame.
    /// </summary>
    private bool IsOfLostChannel(Exception? exception, ShutdownEventArgs? closed) => exception switch
    {
        ObjectDisposedException => true,
        OperationInterruptedException { ShutdownReason: { } reason } =>
            reason == closed || SendFailure.IsOfAnotherExchange(reason, _exchange),
        _ => false,
    };

    private async Task<Exception?> SendAsync(ISendEndpoint endpoint, OutgoingEvent message)
    {
        try
        {
            var sending = endpoint.Send(message, _route.Pipe, _ended);
            if (await Task.WhenAny(message.Faulted, sending).ConfigureAwait(false) == sending)
            {
                await sending.ConfigureAwait(false);
                return null;
            }

            _ = sending.ContinueWith(static given => given.Exception, TaskScheduler.Default);
            return await message.Faulted.ConfigureAwait(false);
        }
        catch (Exception exception) when (!_ended.IsCancellationRequested)
        {
            return exception;
        }
    }

    private PublishOutcome Conclude(ModelEvent one, Exception? exception)
    {
        var outcome = exception switch
        {
            null => PublishOutcome.Confirmed,
            MessageReturnedException => _exchange.Returned(one),
            _ => SendFailure.ToOutcome(exception, _exchange),
        };
        if (exception is OperationInterruptedException { ShutdownReason: { } reason })
        {
            _exchange.Link.NoteClosedChannel(reason, _exchange.Name, outcome.Status);
            if (SendFailure.IsMissing(reason))
                _exchange.NoteMissing();
        }

        if (outcome.Status is PublishStatus.Unavailable or PublishStatus.NoExchange)
        {
            Failure ??= exception;
            _exchange.Proven = false;
            _end.Cancel();
            return outcome;
        }

        _exchange.Proven = true;
        _patience.CancelAfter(_exchange.Settings.Patience);
        return outcome;
    }
}
