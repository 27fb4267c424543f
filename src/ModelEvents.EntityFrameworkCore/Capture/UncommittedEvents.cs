using System.Transactions;

namespace ModelEvents.Capture;

/// <summary>
/// Events of an open transaction that wait in memory for its commit. EF Core does not say which savepoint was rolled back
/// to (its event data has no name), so the earliest open one is assumed: an event may be lost that way, but none that
/// rolled back is ever published.
/// </summary>
internal sealed class UncommittedEvents
{
    private readonly List<ModelEvent> _events = [];
    private Transaction? _ambient;
    private int? _firstSavepoint;

    public void Add(IReadOnlyList<ModelEvent> events) => _events.AddRange(events);

    public void SavepointCreated() => _firstSavepoint ??= _events.Count;

    public void RolledBackToSavepoint()
    {
        if (_firstSavepoint is { } kept)
            _events.RemoveRange(kept, _events.Count - kept);
    }

    /// <summary>Whether <paramref name="ambient"/> is not watched yet; its completion is to be subscribed to once.</summary>
    public bool Watch(Transaction ambient)
    {
        if (_ambient == ambient)
            return false;

        _ambient = ambient;
        return true;
    }

    public bool IsOf(Transaction ambient) => _ambient == ambient;

    public IReadOnlyList<ModelEvent> Take()
    {
        ModelEvent[] taken = [.. _events];
        _events.Clear();
        return taken;
    }
}
