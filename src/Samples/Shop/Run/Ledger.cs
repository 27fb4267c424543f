using System.Collections.Concurrent;

namespace Shop.Run;

/// <summary>What the workload knows to be committed or rolled back: the measure for what must be published.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<Entity, ConcurrentQueue<string>> _committed = [];
    private readonly ConcurrentBag<Entity> _rolledBack = [];
    private int _changes;
    private int _raised;

    /// <summary>Changes committed.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Events committed beside those of changes: own ones, and those of rules.</summary>
    public int RaisedCount => Volatile.Read(ref _raised);

    /// <summary>Events that must follow.</summary>
    public int Count => Changes + RaisedCount;

    /// <summary>Entities whose changes were all rolled back.</summary>
    public int RolledBackCount => _rolledBack.Count;

    public void Committed(Entity entity, string eventName)
    {
        _committed.GetOrAdd(entity, _ => []).Enqueue(eventName);
        Interlocked.Increment(ref _changes);
    }

    public void Raised(Entity entity, string eventName)
    {
        _committed.GetOrAdd(entity, _ => []).Enqueue(eventName);
        Interlocked.Increment(ref _raised);
    }

    public void RolledBack(Entity entity) => _rolledBack.Add(entity);

    /// <summary>Events that were consumed.</summary>
    public int ConsumedIn(Receipts receipts) =>
        _committed.Sum(entity => Math.Min(entity.Value.Count, receipts.NamesOf(entity.Key).Count));

    /// <summary>Where what was consumed differs from what was committed.</summary>
    public IReadOnlyList<string> DifferencesFrom(Receipts receipts) =>
    [
        .. from committed in _committed
           let consumed = receipts.NamesOf(committed.Key)
           where !committed.Value.SequenceEqual(consumed)
           select $"{committed.Key}: committed {List(committed.Value)}, consumed {List(consumed)}",
        .. from entity in _rolledBack
           let consumed = receipts.NamesOf(entity)
           where consumed.Count > 0
           select $"{entity}: rolled back, consumed {List(consumed)}",
    ];

    private static string List(IEnumerable<string> names) => $"[{string.Join(", ", names)}]";
}
