using System.Transactions;
using ModelEvents.Outbox;

namespace ModelEvents.Capture;

/// <summary>
/// Events of an open transaction that wait in memory for its commit. EF Core does not say which savepoint was rolled back
/// to (its event data has no name), so the earliest open one is assumed: an event may be lost that way, but none that
/// rolled back is ever published.
/// </summary>
internal sealed class UncommittedEvents
{
    private readonly List<ModelEvent> _events = [];
    private IEventRecorder? _recorder;
    private Transaction? _ambient;
    private int? _firstSavepoint;
    private long _bytes;

    /// <summary>How many they are, and about how much memory they take.</summary>
    public (int Events, long Bytes) Size => (_events.Count, _bytes);

    public void Add(IReadOnlyList<ModelEvent> events, IEventRecorder? recorder = null)
    {
        _events.AddRange(events);
        _bytes += BytesOf(events);
        _recorder = recorder;
        recorder?.Saved(events);
    }

    public void SavepointCreated() => _firstSavepoint ??= _events.Count;

    public void RolledBackToSavepoint()
    {
        if (_firstSavepoint is { } kept)
            DropFrom(kept);
    }

    /// <summary>The transaction was rolled back.</summary>
    public void RolledBack() => DropFrom(0);

    /// <summary>
    /// The context has left the transaction. Where that is not an ambient one, which may still be committed, it was rolled
    /// back.
    /// </summary>
    public void Abandon()
    {
        if (_ambient is null)
            RolledBack();
    }

    /// <summary>Whether <paramref name="ambient"/> is not watched yet; its completion is to be subscribed to once.</summary>
    public bool Watch(Transaction ambient)
    {
        if (_ambient == ambient)
            return false;

        _ambient = ambient;
        return true;
    }

    public IReadOnlyList<ModelEvent> Take()
    {
        ModelEvent[] taken = [.. _events];
        _events.Clear();
        _bytes = 0;
        return taken;
    }

    private static long BytesOf(IReadOnlyList<ModelEvent> events)
    {
        var bytes = 0L;
        for (var at = 0; at < events.Count; at++)
            bytes += MemoryRow.BytesOf(events[at]);
        return bytes;
    }

    private void DropFrom(int first)
    {
        if (first == _events.Count)
            return;

        var dropped = _events[first..];
        _recorder?.RolledBack(dropped);
        _bytes -= BytesOf(dropped);
        _events.RemoveRange(first, _events.Count - first);
    }
}
