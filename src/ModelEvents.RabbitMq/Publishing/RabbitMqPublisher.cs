using Microsoft.Extensions.Logging;
using ModelEvents.Models;
using RabbitMQ.Client;

namespace ModelEvents.Publishing;

/// <summary>
/// Puts events on RabbitMQ. It tries nothing twice that the broker's absence has ended: the dispatcher does, with its own
/// pauses and in order. The way goes on in <see cref="PublishRun"/>.
/// </summary>
internal sealed class RabbitMqPublisher : IEventPublisher, IAsyncDisposable, IDisposable
{
    private readonly BrokerLink _link;
    private readonly PublishContext _context;

    public RabbitMqPublisher(
        ModelEventsOptions options, Action<ConnectionFactory>? configure, TimeProvider time, ILogger<RabbitMqPublisher> log)
    {
        _link = new BrokerLink(options, configure, log);
        _context = new PublishContext(options, time, log);
    }

    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (events.Count == 0)
            return [];

        var outcomes = new PublishOutcome[events.Count];
        try
        {
            var session = await _link.OpenAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(Enumerable.Range(0, events.Count)
                .GroupBy(position => events[position].Service)
                .Select(positions => PublishAsync(session, positions.Key, [.. positions])))
                .ConfigureAwait(false);
        }
        catch (BrokerAwayException exception)
        {
            Array.Fill(outcomes, BrokerFailure.Unavailable(exception.Message));
        }

        return outcomes;

        async Task PublishAsync(BrokerSession session, string service, int[] positions)
        {
            using var run = new PublishRun(
                session,
                EventNames.ExchangeOf(service),
                positions.Length == events.Count ? events : [.. positions.Select(position => events[position])],
                _context,
                cancellationToken);
            var published = await run.PublishAsync(cancellationToken).ConfigureAwait(false);
            for (var index = 0; index < positions.Length; index++)
                outcomes[positions[index]] = published[index];
        }
    }

    public void Dispose() => _link.Dispose();

    public ValueTask DisposeAsync() => _link.DisposeAsync();
}
