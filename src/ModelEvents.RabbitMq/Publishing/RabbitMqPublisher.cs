using Microsoft.Extensions.Logging;
using ModelEvents.Dispatching;
using ModelEvents.Models;
using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>
/// Puts events on RabbitMQ. It tries nothing twice that the broker's absence has ended: the dispatcher does, with its own
/// pauses and in order. The way goes on in <see cref="PublishRun"/>.
/// </summary>
internal sealed class RabbitMqPublisher : IEventPublisher, IExchangeLook, IAsyncDisposable, IDisposable
{
    private readonly BrokerLink _link;
    private readonly PublishContext _context;

    public RabbitMqPublisher(
        ModelEventsOptions options,
        Action<ConnectionFactory>? configure,
        ExchangeWatch exchanges,
        TimeProvider time,
        ILogger<RabbitMqPublisher> log)
    {
        _link = new BrokerLink(options, configure, log);
        _context = new PublishContext(options, exchanges, time, log);
    }

    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (events.Count == 0)
            return [];

        try
        {
            var session = await _link.OpenAsync(cancellationToken).ConfigureAwait(false);
            return AreOfOneService(events)
                ? await PublishAsync(session, events, cancellationToken).ConfigureAwait(false)
                : await PublishServicesAsync(session, events, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerAwayException exception)
        {
            var outcomes = new PublishOutcome[events.Count];
            Array.Fill(outcomes, BrokerFailure.Unavailable(exception.Message));
            return outcomes;
        }
    }

    public async Task LookAsync(string service, CancellationToken cancellationToken)
    {
        if (_context.Options.Broker.Topology is ExchangeTopology.None)
            return;

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(PublishContext.Patience);
        var session = await _link.OpenAsync(end.Token).ConfigureAwait(false);
        await session.FindExchangeAsync(EventNames.ExchangeOf(service), end.Token).ConfigureAwait(false);
        _context.Exchanges.Found(service);
    }

    public void Dispose() => _link.Dispose();

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private static bool AreOfOneService(IReadOnlyList<ModelEvent> events)
    {
        for (var position = 1; position < events.Count; position++)
        {
            if (events[position].Service != events[0].Service)
                return false;
        }

        return true;
    }

    /// <summary>Publishes the events of each service to its exchange, at the same time.</summary>
    private async Task<IReadOnlyList<PublishOutcome>> PublishServicesAsync(
        BrokerSession session, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        var outcomes = new PublishOutcome[events.Count];
        await Task.WhenAll(Enumerable.Range(0, events.Count)
            .GroupBy(position => events[position].Service)
            .Select(positions => PublishPartAsync([.. positions])))
            .ConfigureAwait(false);
        return outcomes;

        async Task PublishPartAsync(int[] positions)
        {
            var part = Array.ConvertAll(positions, position => events[position]);
            var published = await PublishAsync(session, part, cancellationToken).ConfigureAwait(false);
            for (var index = 0; index < positions.Length; index++)
                outcomes[positions[index]] = published[index];
        }
    }

    private async Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        BrokerSession session, IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        using var run = new PublishRun(session, events[0].Service, events, _context, cancellationToken);
        return await run.PublishAsync(cancellationToken).ConfigureAwait(false);
    }
}
