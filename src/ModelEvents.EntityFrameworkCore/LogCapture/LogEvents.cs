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
}
