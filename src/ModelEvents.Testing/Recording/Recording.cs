using System.Text.Json;
using Microsoft.Extensions.Options;
using ModelEvents.Outbox;
using ModelEvents.Serialization;

namespace ModelEvents.Testing;

/// <summary>Takes the events of all contexts in the order of their saves, and follows their transactions.</summary>
internal sealed class Recording(IOptions<ModelEventsOptions> options) : IEventRecorder
{
    private readonly Lock _lock = new();
    private readonly List<RecordedEvent> _events = [];
    private readonly JsonSerializerOptions _json =
        new(BodySerializer.JsonFor(options.Value)) { PropertyNameCaseInsensitive = true };

    private TaskCompletionSource _changed = NewSignal();
    private long _lastSequence;

    /// <summary>Completes with the next change. Taken before a look at the events, it misses none.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    public IReadOnlyList<RecordedEvent> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    public void Saved(IReadOnlyList<ModelEvent> events) => Change(() =>
    {
        foreach (var saved in events)
        {
            // Another attempt of a save that was rolled back: its ids are the same.
            _events.RemoveAll(earlier => earlier.Id == saved.Id);
            _events.Add(new RecordedEvent(
                saved with { Sequence = ++_lastSequence }, options.Value.Envelope, _json));
        }
    });

    public void Committed(IReadOnlyList<ModelEvent> events) => Enter(events, RecordedState.Committed);

    public void RolledBack(IReadOnlyList<ModelEvent> events) => Enter(events, RecordedState.RolledBack);

    public void Clear() => Change(_events.Clear);

    private void Enter(IReadOnlyList<ModelEvent> events, RecordedState state) => Change(() =>
    {
        var ids = events.Select(ended => ended.Id).ToHashSet();
        foreach (var recorded in _events.Where(recorded => ids.Contains(recorded.Id)))
            recorded.State = state;
    });

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
