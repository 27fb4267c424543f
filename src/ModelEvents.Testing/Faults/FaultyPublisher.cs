using Microsoft.Extensions.Options;
using ModelEvents.Publishing;

namespace ModelEvents.Testing;

/// <summary>
/// Publishes through another publisher, with the faults that brokers and networks have. It keeps what every publisher
/// promises: once an event is not confirmed, later ones of its key are held back. Added with <c>AddFaultyPublisher</c>.
/// </summary>
public sealed class FaultyPublisher : IEventPublisher
{
    private readonly IEventPublisher _publisher;
    private readonly ModelEventsOptions _options;
    private readonly TimeProvider _time;
    private int _confirmed;
    private int _lostAcknowledgements;
    private int _duplicates;
    private int _refusals;

    internal FaultyPublisher(
        IEventPublisher publisher, PublisherFaults faults, IOptions<ModelEventsOptions> options, TimeProvider time) =>
        (_publisher, Faults, _options, _time) = (publisher, faults, options.Value, time);

    /// <summary>What it does wrong; may be changed while it runs.</summary>
    public PublisherFaults Faults { get; }

    /// <summary>How many events it reported as published.</summary>
    public int Confirmed => Volatile.Read(ref _confirmed);

    /// <summary>How many acknowledgements it lost.</summary>
    public int LostAcknowledgements => Volatile.Read(ref _lostAcknowledgements);

    /// <summary>How many events it published twice.</summary>
    public int Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>How often it refused an event.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (Faults.CurrentDelay is { Ticks: > 0 } delay)
            await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);

        var run = new FaultyRun(_publisher, Faults, _options.Unroutable, events);
        var outcomes = await run.PublishAsync(cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _confirmed, run.Confirmed);
        Interlocked.Add(ref _lostAcknowledgements, run.LostAcknowledgements);
        Interlocked.Add(ref _duplicates, run.Duplicates);
        Interlocked.Add(ref _refusals, run.Refusals);
        return outcomes;
    }
}
