using ModelEvents.Models;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ModelEvents.Publishing;

/// <summary>
/// One call's events of one exchange, sent without waiting for each other's confirms, on a channel that no other run uses.
/// Ends early when the broker or the exchange is away, or when nothing was confirmed for a while.
/// </summary>
internal sealed class PublishRun : IDisposable
{
    private readonly BrokerSession _session;
    private readonly string _service;
    private readonly string _exchange;
    private readonly IReadOnlyList<ModelEvent> _events;
    private readonly PublishContext _context;
    private readonly EventTurns _turns;
    private readonly WireProperties _properties = new();
    private readonly CancellationTokenSource _patience;
    private readonly CancellationTokenSource _end;
    private CancellationTokenSource _lost = new();
    private WireMessage? _wire;

    public PublishRun(
        BrokerSession session,
        string service,
        IReadOnlyList<ModelEvent> events,
        PublishContext context,
        CancellationToken cancellationToken)
    {
        _session = session;
        _service = service;
        _exchange = EventNames.ExchangeOf(service);
        _events = events;
        _context = context;
        _turns = new EventTurns(events, context.IsDone);
        _patience = new CancellationTokenSource(PublishContext.Patience, context.Time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _patience.Token);
    }

    /// <summary>Publishes, and returns an outcome for each event.</summary>
    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(CancellationToken cancellationToken)
    {
        PublishOutcome? failure = null;
        while (failure is null && !_turns.AreOver)
        {
            try
            {
                failure = await PublishOnAChannelAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failure = _patience.IsCancellationRequested ? GiveUp() : BrokerFailure.Unavailable(exception);
            }
        }

        return _turns.Outcomes(failure);
    }

    public void Dispose()
    {
        _end.Dispose();

        // Not disposed: a confirm may still come and set it.
        _patience.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Publishes until all is settled or the channel was closed; returns why the run cannot go on, if so.</summary>
    private async Task<PublishOutcome?> PublishOnAChannelAsync()
    {
        // A broker that blocks the connection reads nothing from it, not even that a channel is asked for.
        await _session.Unblocked.WaitAsync(_end.Token).ConfigureAwait(false);
        var channel = await _session.RentAsync(_end.Token).ConfigureAwait(false);
        var isClean = false;
        try
        {
            await _session.EnsureExchangeAsync(channel, _exchange, _context.Exchanges.IsThere(_service), _end.Token)
                .ConfigureAwait(false);
            _turns.Begin(await channel.GetNextPublishSequenceNumberAsync(_end.Token).ConfigureAwait(false));
            Listen(channel);
            await SendAsync(channel).ConfigureAwait(false);
            isClean = _turns.InFlight == 0;
            if (channel.CloseReason is { } reason)
                return Judge(reason);

            _context.Exchanges.Found(_service);
            return null;
        }
        catch (Exception) when (channel.CloseReason is not null && !_end.IsCancellationRequested)
        {
            return Judge(channel.CloseReason);
        }
        finally
        {
            Leave(channel, isClean);
        }
    }

    private async Task SendAsync(IChannel channel)
    {
        while (true)
        {
            var moved = _turns.NextMove();
            if (channel.IsClosed || _turns.AreOver)
                return;

            if (_session.Unblocked is { IsCompleted: false } unblocked)
                await Task.WhenAny(unblocked, moved).WaitAsync(_end.Token).ConfigureAwait(false);
            else if (_turns.TryTake(out var position))
                await SendAsync(channel, _events[position]).ConfigureAwait(false);
            else
                await moved.WaitAsync(_end.Token).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(IChannel channel, ModelEvent one)
    {
        try
        {
            var wire = _wire = _wire?.Become(one) ?? WireMessage.From(one, _context.Options.Envelope);
            await channel.BasicPublishAsync(
                _exchange, wire.RoutingKey, mandatory: true, _properties.Of(wire), wire.Body, _lost.Token)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (BrokerFailure.SaysNothingOfTheEvent(exception))
        {
            _turns.PutBack();
            throw;
        }
        catch (Exception exception)
        {
            // The client has sent nothing of it, and gives its number to the next.
            _turns.SettleUnsent(BrokerFailure.Unsendable(exception));
        }
    }

    /// <summary>Says why the run ends, or nothing where it can go on with another channel.</summary>
    private PublishOutcome? Judge(ShutdownEventArgs reason)
    {
        var outcome = BrokerFailure.OfShutdown(
            reason, _exchange, _context.Options.Broker.Topology is ExchangeTopology.Declare);
        if (outcome.Status is not PublishStatus.Refused)
        {
            if (BrokerFailure.IsMissing(reason))
                _context.Exchanges.Missing(_service);

            _session.ForgetExchange(_exchange);
            return outcome;
        }

        if (_session.IsOpen && _turns.InFlight > 0)
        {
            Log.ChannelClosed(_context.Log, _turns.FindCulprit(outcome), _exchange, reason.ReplyText);
            return null;
        }

        // With the connection other runs lost their channels too: the dispatcher finds the one by sending each alone.
        _turns.LandAll(outcome);
        return BrokerFailure.Unavailable($"The broker went away: {reason.ReplyText}");
    }

    /// <summary>Says why nothing was confirmed for long, and leaves a connection through which nothing is heard.</summary>
    private PublishOutcome GiveUp()
    {
        if (_session.Unblocked.IsCompleted)
            _session.Abandon();

        return BrokerFailure.Silence(_session.Broker);
    }

    private void Listen(IChannel channel)
    {
        // Not disposed: the channel's end may still come and set it.
        _lost = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        channel.BasicAcksAsync += OnAckAsync;
        channel.BasicNacksAsync += OnNackAsync;
        channel.BasicReturnAsync += OnReturnAsync;
        channel.ChannelShutdownAsync += OnShutdownAsync;
    }

    private void Leave(IChannel channel, bool isClean)
    {
        channel.BasicAcksAsync -= OnAckAsync;
        channel.BasicNacksAsync -= OnNackAsync;
        channel.BasicReturnAsync -= OnReturnAsync;
        channel.ChannelShutdownAsync -= OnShutdownAsync;
        if (channel.IsOpen && isClean)
            _session.Return(channel);
        else
            BrokerSession.Close(channel);
    }

    private Task OnAckAsync(object sender, BasicAckEventArgs ack) =>
        Land(ack.DeliveryTag, ack.Multiple, PublishOutcome.Confirmed);

    private Task OnNackAsync(object sender, BasicNackEventArgs nack) =>
        Land(nack.DeliveryTag, nack.Multiple, BrokerFailure.Nacked);

    private Task Land(ulong tag, bool multiple, PublishOutcome outcome)
    {
        _patience.CancelAfter(PublishContext.Patience);
        _turns.Land(tag, multiple, outcome);
        return Task.CompletedTask;
    }

    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        if (Guid.TryParse(returned.BasicProperties.MessageId, out var eventId))
            _turns.Return(eventId, _context.Exchanges.Returned(_service, returned.RoutingKey));

        return Task.CompletedTask;
    }

    /// <summary>
    /// What waits to be written is waited for no longer: nobody will write it, and the client tells of its lost connection
    /// only when no channel waits (https://github.com/rabbitmq/rabbitmq-dotnet-client/issues/1930).
    /// </summary>
    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        _turns.Wake();
        return _lost.CancelAsync();
    }
}
