namespace Shop.Run;

/// <summary>What was consumed: the names of each entity's events, in the order of their arrival.</summary>
internal sealed class Receipts
{
    private readonly Lock _lock = new();
    private readonly HashSet<Guid> _ids = [];
    private readonly Dictionary<Entity, List<string>> _names = [];

    /// <summary>Events consumed, each counted once.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _ids.Count;
        }
    }

    /// <summary>Messages whose id had been seen before.</summary>
    public int Repeated { get; private set; }

    public void Add(ReceivedEvent received)
    {
        lock (_lock)
        {
            if (!_ids.Add(received.Id))
            {
                Repeated++;
                return;
            }

            if (!_names.TryGetValue(received.Entity, out var names))
                _names.Add(received.Entity, names = []);
            names.Add(received.Name);
        }
    }

    public IReadOnlyList<string> NamesOf(Entity entity)
    {
        lock (_lock)
            return _names.TryGetValue(entity, out var names) ? [.. names] : [];
    }
}
