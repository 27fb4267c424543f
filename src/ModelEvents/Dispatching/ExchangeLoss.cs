using System.Collections.Concurrent;

namespace ModelEvents.Dispatching;

/// <summary>
/// What is known of an exchange since it was gone: which names a queue receives again, which are held until one does, and which
/// outboxes hold events. Whoever changes it holds the lock of <see cref="ExchangeWatch"/>.
/// </summary>
internal sealed class ExchangeLoss(TimeProvider time)
{
    // Names can hold a status from the data. Those beyond are let go one by one.
    private const int MostNames = 1000;

    // An event that is being tried is not parked at that moment.
    private const int MostEmptyLooks = 2;

    // Consumers bind their queues one after the other. Of a name that was not published meanwhile nobody knows whether it is bound.
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, bool> _isHeard = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Held, int EmptyLooks)> _outboxes = new(StringComparer.Ordinal);
    private volatile bool _isOngoing;
    private volatile bool _isWitnessed;
    private long _endedAt;

    /// <summary>Whether nothing needs to be remembered of it.</summary>
    public bool IsOver => !_isOngoing && _isHeard.IsEmpty && !IsUnsure;

    /// <summary>Whether any name may still be without the queue that it had.</summary>
    private bool IsUnsure => _isOngoing || time.GetElapsedTime(Volatile.Read(ref _endedAt)) < Aftermath;

    /// <summary>Begins it, unless it lasts already.</summary>
    public bool TryBegin()
    {
        var isNew = !_isOngoing;
        _isOngoing = true;
        return isNew;
    }

    /// <summary>
    /// Ends it once nothing is held and queues are bound again; who only read of it in an outbox may not hear of those. Names
    /// that were held and that no queue is known to receive stay so: their last event may be on its way to the broker. Any name
    /// is held for a while longer.
    /// </summary>
    public bool TryEnd()
    {
        var heard = _isHeard.Where(known => known.Value).ToArray();
        if (!_isOngoing || _outboxes.Values.Any(Holds) || (heard.Length == 0 && _isWitnessed))
            return false;

        foreach (var (name, _) in heard)
            _isHeard.TryRemove(name, out _);
        _outboxes.Clear();
        Volatile.Write(ref _endedAt, time.GetTimestamp());
        _isOngoing = false;
        return true;
    }

    /// <summary>The exchange was gone before the eyes of this process: what was received before says nothing.</summary>
    public void Witness()
    {
        _isWitnessed = true;
        _isHeard.Clear();
    }

    /// <summary>
    /// Whether an event that no queue receives is to be held: one of any name until a while after the loss, whoever has seen it,
    /// then only one whose name was held before.
    /// </summary>
    public bool IsToHold(string name) =>
        _isHeard.TryGetValue(name, out var isHeard) ? !isHeard || _isOngoing : IsUnsure;

    public bool IsHeard(string name) => _isHeard.TryGetValue(name, out var isHeard) && isHeard;

    /// <summary>
    /// Whether it is news that a queue receives events of this name, or nothing needs to be remembered any more. Asked for each
    /// event.
    /// </summary>
    public bool IsNews(string name) => _isHeard.TryGetValue(name, out var isHeard) ? !isHeard : _isOngoing || IsOver;

    /// <summary>A queue has received an event of this name; returns whether that is noted.</summary>
    public bool Heard(string name) => _isOngoing ? TrySet(name, isHeard: true) : _isHeard.TryRemove(name, out _);

    /// <summary>An event of this name is held; returns whether that is news.</summary>
    public bool Hold(string outbox, string name)
    {
        _outboxes[outbox] = (_outboxes.GetValueOrDefault(outbox).Held + 1, 0);
        return TrySet(name, isHeard: false);
    }

    /// <summary>Whether an outbox holds events, or did a moment ago.</summary>
    public bool Holds(string outbox) =>
        _outboxes.TryGetValue(outbox, out var known) && Holds(known);

    /// <summary>Takes note of the names of all events that an outbox holds.</summary>
    public void Note(string outbox, IEnumerable<string> names)
    {
        var count = 0;
        foreach (var name in names)
        {
            count++;
            if (!_isHeard.ContainsKey(name))
                TrySet(name, isHeard: false);
        }

        if (count > 0)
            _outboxes[outbox] = (count, 0);
        else if (_outboxes.TryGetValue(outbox, out var known))
            _outboxes[outbox] = (0, known.EmptyLooks + 1);
    }

    private static bool Holds((int Held, int EmptyLooks) outbox) => outbox.Held > 0 || outbox.EmptyLooks < MostEmptyLooks;

    private bool TrySet(string name, bool isHeard)
    {
        if (_isHeard.TryGetValue(name, out var known) ? known == isHeard : _isHeard.Count >= MostNames)
            return false;

        _isHeard[name] = isHeard;
        return true;
    }
}
