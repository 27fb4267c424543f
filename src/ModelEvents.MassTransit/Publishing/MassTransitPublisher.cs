using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Publishing;

/// <summary>
/// Puts events on a MassTransit bus, as plain messages that any AMQP client reads. The way goes on in
/// <see cref="PublishRun"/> and <see cref="WirePipe"/>.
/// </summary>
internal sealed class MassTransitPublisher : IEventPublisher, IExchangeLook, IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<string, Exchange> _exchanges = new(StringComparer.Ordinal);
    private readonly BusLink _link;
    private readonly PublisherSettings _settings;

    /// <param name="bus">The bus.</param>
    /// <param name="own">What made it, if it is ModelEvents' own.</param>
    /// <param name="settings">How to publish.</param>
    /// <param name="logger">Where it is told what happens.</param>
    public MassTransitPublisher(
        IBus bus, OwnBusFactory? own, PublisherSettings settings, ILogger<MassTransitPublisher> logger)
    {
        _link = new BusLink(bus, own, logger);
        _settings = settings;
    }

    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // For this call only: MassTransit logs an error with a stack trace for every event that is returned or not
        // confirmed. They are reported as outcomes, and logged once by who asked.
        LogContext.ConfigureCurrentLogContext();
        var outcomes = new PublishOutcome[events.Count];
        PublishOutcome? away = null;
        foreach (var positions in Enumerable.Range(0, events.Count).GroupBy(position => events[position].Service))
        {
            var exchange = ExchangeOf(positions.Key);
            var batch = positions.ToArray();
            if (away is null)
                away = await PublishAsync(exchange, batch, events, outcomes, cancellationToken).ConfigureAwait(false);
            else
                Array.ForEach(batch, position => outcomes[position] = away.Value);
        }

        return outcomes;
    }

    public Task LookAsync(string service, CancellationToken cancellationToken)
    {
        LogContext.ConfigureCurrentLogContext();
        return ExchangeOf(service).FindAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    public void Dispose() => _ = _link.DisposeAsync().AsTask();

    private Exchange ExchangeOf(string service) =>
        _exchanges.GetOrAdd(service, static (name, publisher) => new Exchange(name, publisher._link, publisher._settings), this);

    /// <summary>Returns the outcome that all further exchanges have too, where it is the broker that is away.</summary>
    private async Task<PublishOutcome?> PublishAsync(
        Exchange exchange,
        int[] positions,
        IReadOnlyList<ModelEvent> events,
        PublishOutcome[] outcomes,
        CancellationToken cancellationToken)
    {
        var attempts = _link.Attempts;
        if (await LookAgainAsync(exchange, attempts, cancellationToken).ConfigureAwait(false) is { } away)
        {
            Array.ForEach(positions, position => outcomes[position] = away);
            return away is { Status: PublishStatus.Unavailable } ? away : null;
        }

        using var run = new PublishRun(exchange, [.. positions.Select(position => events[position])], cancellationToken);
        var published = await run.PublishAsync(cancellationToken).ConfigureAwait(false);
        var missed = run.Failure switch
        {
            null => default(PublishOutcome?),
            OperationCanceledException => Silence(attempts),
            var failure => SendFailure.OfRun(failure, exchange),
        };
        for (var index = 0; index < positions.Length; index++)
            outcomes[positions[index]] = published[index] ?? missed!.Value;

        return missed is { Status: PublishStatus.Unavailable } ? missed : null;
    }

    /// <summary>Returns why nothing can be published, where that is found out.</summary>
    private async Task<PublishOutcome?> LookAgainAsync(
        Exchange exchange, SocketAttempts attempts, CancellationToken cancellationToken)
    {
        try
        {
            await exchange.LookAgainAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception is OperationCanceledException ? Silence(attempts) : SendFailure.OfRun(exception, exchange);
        }
    }

    private PublishOutcome Silence(SocketAttempts before)
    {
        var outcome = _link.Silence(_settings.Patience);
        _link.ReplaceIfStuck(before);
        return outcome;
    }
}
