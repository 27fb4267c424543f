using System.Collections.Frozen;

namespace ModelEvents.Outbox;

/// <summary>What waits in an outbox.</summary>
/// <param name="Waiting">
/// Events not yet confirmed by the broker, without the parked ones. Of a table of single events at most 200,000 are counted; of
/// packs many are estimated.
/// </param>
/// <param name="Parked">Events given up until someone decides.</param>
/// <param name="OldestWaiting">
/// When the oldest waiting event occurred, or <see langword="null"/> if none waits. One that rests for a handler which is
/// switched off does not count.
/// </param>
public sealed record OutboxStatus(long Waiting, long Parked, DateTimeOffset? OldestWaiting)
{
    /// <summary>
    /// How many bytes of the database's write-ahead log are kept for what waits, or <see langword="null"/> where events do
    /// not wait there.
    /// </summary>
    public long? RetainedBytes { get; init; }

    /// <summary>
    /// What is kept for each handler in a table of the database, by the handler's name: what waits or is parked there.
    /// </summary>
    public IReadOnlyDictionary<string, HandlerBacklog> Handlers { get; init; } =
        FrozenDictionary<string, HandlerBacklog>.Empty;

    /// <summary>
    /// What was possibly lost, such as with a replication slot that somebody dropped, until somebody has seen to it;
    /// <see langword="null"/> if nothing.
    /// </summary>
    public string? PossibleLoss { get; init; }
}
