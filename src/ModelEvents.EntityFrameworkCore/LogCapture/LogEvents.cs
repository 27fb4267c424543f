using ModelEvents.Outbox;

namespace ModelEvents.LogCapture;

/// <summary>What rows of the log have become.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Failed">
/// Those of them that cannot be published as they are, such as for a value that could not be converted: they are set aside
/// with the reason, and the rest flows.
/// </param>
internal sealed record LogEvents(IReadOnlyList<ModelEvent> Events, IReadOnlyList<FailedEvent> Failed)
{
    public static LogEvents None { get; } = new([], []);

    /// <summary>The same, now that it is known where the events go: there may be fewer.</summary>
    public LogEvents Addressed(IReadOnlyList<ModelEvent> addressed)
    {
        if (Failed.Count == 0 || ReferenceEquals(addressed, Events))
            return this with { Events = addressed };

        var all = addressed.ToDictionary(one => one.Sequence);
        return new LogEvents(
            addressed,
            [
                .. Failed.Where(failed => all.ContainsKey(failed.Event.Sequence))
                    .Select(failed => failed with { Event = all[failed.Event.Sequence] }),
            ]);
    }
}
