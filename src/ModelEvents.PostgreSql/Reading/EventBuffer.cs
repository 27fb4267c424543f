using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// The events between where they were written and the broker, in the order of their commits. Those of an entity that has
/// events set aside are not claimed from here: they follow there (<see cref="AsideEvents"/>).
/// </summary>
internal sealed class EventBuffer(int capacity)
{
    private const long MaxBytes = 64 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<Item> _waiting = [];
    private readonly Dictionary<long, LinkedListNode<Item>> _left = [];
    private Dictionary<Entity, int> _aside = [];
    private TaskCompletionSource? _room;
    private long _bytes;

    /// <summary>Whether any entity has events in the table.</summary>
    public bool HasAside
    {
        get
        {
            lock (_lock)
                return _aside.Count > 0;
        }
    }

    /// <summary>Whether everything that was read is done.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _left.Count == 0;
        }
    }

    public bool IsFull
    {
        get
        {
            lock (_lock)
                return IsFullNow;
        }
    }

    /// <summary>How many more events there is room for.</summary>
    public int Room
    {
        get
        {
            lock (_lock)
                return IsFullNow ? 0 : capacity - _left.Count;
        }
    }

    private bool IsFullNow => _left.Count >= capacity || _bytes >= MaxBytes;

    /// <summary>
    /// Adds what was read. Returns the lanes of it, and those of the events that must go to the table: that failed already,
    /// or follow on an entity with events there.
    /// </summary>
    public (LaneSet Lanes, List<ModelEvent> Following) Add(
        IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read, IReadOnlyList<FailedEvent>? failed = null)
    {
        var lanes = LaneSet.None;
        var following = new List<ModelEvent>();
        var unfit = failed is null or [] ? null : failed.Select(one => one.Event.Sequence).ToHashSet();

        lock (_lock)
        {
            foreach (var (events, group) in read)
            {
                foreach (var one in events)
                    lanes |= LaneSet.Of(Add(one, group, unfit?.Contains(one.Sequence) == true, following));
            }
        }

        return (lanes, following);
    }

    /// <summary>Waits while there are too many events to read more.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        Task room;

        lock (_lock)
        {
            if (!IsFullNow)
                return;

            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = _room.Task;
        }

        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first events of <paramref name="lanes"/>; again those that were claimed before and not ended.</summary>
    public List<OutboxEntry> Claim(LaneSet lanes, int max)
    {
        var claimed = new List<OutboxEntry>();

        lock (_lock)
        {
            for (var node = _waiting.First; node is not null && claimed.Count < max; node = node.Next)
            {
                if (lanes.Contains(node.Value.Lane))
                    claimed.Add(new OutboxEntry(node.Value.Event, 0));
            }
        }

        return claimed;
    }

    /// <summary>Whether an event is here and not in the table alone.</summary>
    public bool Has(ModelEvent one)
    {
        lock (_lock)
            return _left.ContainsKey(one.Sequence);
    }

    /// <summary>
    /// Takes the waiting events of a failed one's entity out, itself included: they and those that are read from now on go
    /// to the table.
    /// </summary>
    public List<ModelEvent> SetAside(ModelEvent failed)
    {
        var taken = new List<ModelEvent>();

        lock (_lock)
        {
            for (var node = _left[failed.Sequence]; node?.List is not null;)
            {
                var next = node.Next;

                if (EntityOf(node.Value.Event) == EntityOf(failed))
                {
                    _waiting.Remove(node);
                    CountAside(EntityOf(failed), onlyIfAside: false);
                    taken.Add(node.Value.Event);
                }

                node = next;
            }
        }

        return taken;
    }

    /// <summary>Forgets events that the broker confirmed, or that are in the table now.</summary>
    public void Settle(IReadOnlyList<ModelEvent> events)
    {
        lock (_lock)
        {
            foreach (var one in events)
            {
                if (!_left.Remove(one.Sequence, out var node))
                    continue;

                node.Value.Group.Left--;
                node.List?.Remove(node);
                _bytes -= one.Body.Length;
            }

            if (!IsFullNow)
                _room?.TrySetResult();
        }
    }

    /// <summary>Notes that events left the table; after an entity's last one its new ones are claimed from here.</summary>
    public void LeftTable(IReadOnlyList<ModelEvent> events)
    {
        lock (_lock)
        {
            foreach (var entity in events.Select(EntityOf))
            {
                if (_aside.TryGetValue(entity, out var count) && count > 1)
                    _aside[entity] = count - 1;
                else
                    _aside.Remove(entity);
            }
        }
    }

    /// <summary>Notes how many events of each entity the table has.</summary>
    public void SetAside(Dictionary<Entity, int> counts)
    {
        lock (_lock)
            _aside = counts;
    }

    /// <summary>How many events are here, and when the oldest of them occurred.</summary>
    public (int Count, DateTimeOffset? Oldest) Count()
    {
        lock (_lock)
            return (_waiting.Count, _waiting.First?.Value.Event.OccurredAt);
    }

    private static Entity EntityOf(ModelEvent one) => (one.Model, one.Key);

    private short Add(ModelEvent one, EventGroup group, bool isUnfit, List<ModelEvent> following)
    {
        var node = new LinkedListNode<Item>(new Item(one, group));
        _left.Add(one.Sequence, node);
        group.Left++;
        _bytes += one.Body.Length;

        if (CountAside(EntityOf(one), onlyIfAside: !isUnfit))
            following.Add(one);
        else
            _waiting.AddLast(node);

        return node.Value.Lane;
    }

    private bool CountAside(Entity entity, bool onlyIfAside)
    {
        if (!_aside.TryGetValue(entity, out var count) && onlyIfAside)
            return false;

        _aside[entity] = count + 1;
        return true;
    }

    private sealed class Item(ModelEvent one, EventGroup group)
    {
        public ModelEvent Event => one;

        public EventGroup Group => group;

        public short Lane { get; } = one.Lane;
    }
}
