using System.Collections.Concurrent;

namespace ModelEvents.Outbox;

/// <summary>
/// The signals of the broker's workers and of each handler's: one that takes its own must not take those of the others.
/// </summary>
internal sealed class TargetSignals(TimeProvider time)
{
    private readonly LaneSignals _broker = new(time);
    private readonly ConcurrentDictionary<string, LaneSignals> _handlers = new(StringComparer.Ordinal);

    /// <summary>Those of the workers of <paramref name="handler"/>, or of the broker's.</summary>
    public LaneSignals Of(string? handler) =>
        handler is null ? _broker : _handlers.GetOrAdd(handler, static (_, time) => NewRaised(time), time);

    /// <summary>Raises the lanes for all.</summary>
    public void Raise(LaneSet lanes)
    {
        _broker.Raise(lanes);
        foreach (var (_, signals) in _handlers)
            signals.Raise(lanes);
    }

    /// <summary>Who asks first may have missed something.</summary>
    private static LaneSignals NewRaised(TimeProvider time)
    {
        var signals = new LaneSignals(time);
        signals.Raise(LaneSet.All);
        return signals;
    }
}
