using System.Collections.Concurrent;

namespace ModelEvents.Dispatching;

/// <summary>What is known of an exchange since it was gone: which names a queue receives again, and who holds events.</summary>
internal sealed class ExchangeLoss
{
    // Names can hold a status from the data. Those beyond are let go one by one.
    private const int MostNames = 1000;

    private readonly ConcurrentDictionary<string, bool> _isHeard = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _held = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private bool _isOngoing;

    /// <summary>Begins it, unless it lasts already.</summary>
    public bool TryBegin()
    {
        lock (_lock)
        {
            var isNew = !_isOngoing;
            _isOngoing = true;
            return isNew;
        }
    }

    /// <summary>Ends it once queues are bound again and nothing is held.</summary>
    public bool TryEnd()
    {
        lock (_lock)
        {
            var ends = _isOngoing && _held.Values.All(count => count == 0) && _isHeard.Values.Any(isHeard => isHeard);
            _isOngoing &= !ends;
            return ends;
        }
    }

    /// <summary>The exchange was gone again: what was received before says nothing.</summary>
    public void Forget() => _isHeard.Clear();

    public bool IsHeard(string name) => _isHeard.TryGetValue(name, out var isHeard) && isHeard;

    /// <summary>A queue has received an event of this name; returns whether that is news.</summary>
    public bool Heard(string name) => !IsHeard(name) && TrySet(name, isHeard: true);

    /// <summary>An event of this name is held; returns whether that is news.</summary>
    public bool Hold(string outbox, string name)
    {
        _held.AddOrUpdate(outbox, 1, static (_, count) => count + 1);
        return (!_isHeard.TryGetValue(name, out var isHeard) || isHeard) && TrySet(name, isHeard: false);
    }

    public bool Holds(string outbox) => _held.GetValueOrDefault(outbox) > 0;

    public void Note(string outbox, int count) => _held[outbox] = count;

    private bool TrySet(string name, bool isHeard)
    {
        if (_isHeard.Count >= MostNames && !_isHeard.ContainsKey(name))
            return false;

        _isHeard[name] = isHeard;
        return true;
    }
}
