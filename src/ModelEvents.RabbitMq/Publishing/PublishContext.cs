using Microsoft.Extensions.Logging;
using ModelEvents.Dispatching;

namespace ModelEvents.Publishing;

/// <summary>What all runs of a publisher share.</summary>
internal sealed record PublishContext(ModelEventsOptions Options, ExchangeWatch Exchanges, TimeProvider Time, ILogger Log)
{
    /// <summary>How long a run goes on while nothing is confirmed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether an event with this status lets the next one of its key go.</summary>
    public bool IsDone(PublishStatus status) => status.IsDone(Options.Unroutable);
}
