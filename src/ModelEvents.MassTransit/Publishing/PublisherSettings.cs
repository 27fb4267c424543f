using ModelEvents.Dispatching;

namespace ModelEvents.Publishing;

/// <summary>What the publisher takes from the options, and its own bounds.</summary>
internal sealed record PublisherSettings(ModelEventsOptions Options, ExchangeWatch Exchanges, TimeProvider Time)
{
    /// <summary>
    /// Events of one call that wait for their confirmation at the same time. Measured: 64 leave the broker idle at times, 256
    /// are no faster.
    /// </summary>
    public int MaxInFlight { get; init; } = 128;

    /// <summary>How long a call goes on while nothing is confirmed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    public EventEnvelope Envelope => Options.Envelope;

    /// <summary>Whether an event with this status lets the next one of its key go.</summary>
    public bool IsDone(PublishStatus status) => status.IsDone(Options.Unroutable);
}
