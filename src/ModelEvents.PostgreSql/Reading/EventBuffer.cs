using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// The events between where they were written and one target, in the order of their commits. Those of an entity that has
/// events set aside are not claimed from here: they follow there (<see cref="AsideEvents"/>).
/// </summary>
internal sealed class EventBuffer(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<BufferedEvent> _waiting = [];
    private readonly Dictionary<long, LinkedListNode<BufferedEvent>> _left = [];
    private readonly AsideCounts _aside = new();
    private readonly BufferRoom _room = new(capacity);

    /// <summary>Whether any entity has events in the table.</summary>
    public bool HasAside
    {
        get
        {
            lock (_lock)
                return _aside.Any;
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

    /// <summary>How many more events there is room for.</summary>
    public int Room
    {
        get
        {
            lock (_lock)
                return _room.Left;
        }
    }

    /// <summary>
    /// Adds what was read, whose groups expect it. Returns the lanes of it, and those of the events that must go to the table:
    /// that failed already, for which there is no room, or that follow on an entity with events there.
    /// </summary>
    public (LaneSet Lanes, List<ModelEvent> Following) Add(
        IReadOnlyList<(ModelEvent[] Events, EventGroup Group)> read,
        IReadOnlyList<FailedEvent>? failed = null,
        Overflow overflow = Overflow.Stays)
    {
        var lanes = LaneSet.None;
        var following = new List<ModelEvent>();
        var unfit = failed is null or [] ? null : failed.Select(one => one.Event.Sequence).ToHashSet();

        lock (_lock)
        {
            foreach (var (events, group) in read)
            {
                foreach (var one in events)
                    lanes |= LaneSet.Of(Add(one, group, unfit?.Contains(one.Sequence) == true, overflow, following));
            }
        }

        return (lanes, following);
    }

    /// <summary>Waits while there are too many events to read more.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        Task room;
        lock (_lock)
            room = _room.UntilAnyAsync();

        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes out what comes after events of its entity that wait here, such as packs that were taken in. An event that is set
    /// aside may still be here itself.
    /// </summary>
    private void HoldBackLater(List<OutboxEntry> claimed)
    {
        var first = new Dictionary<(string, string), long>();
        foreach (var entry in claimed)
            first[EntityOf(entry.Event)] = long.MaxValue;
        foreach (var item in _waiting)
        {
            if (first.TryGetValue(EntityOf(item.Event), out var sequence) && item.Event.Sequence < sequence)
                first[EntityOf(item.Event)] = item.Event.Sequence;
        }

        claimed.RemoveAll(entry => first[EntityOf(entry.Event)] < entry.Event.Sequence);
    }

    /// <summary>
    /// Adds the first events of <paramref name="lanes"/> to what is claimed from the table; again those that were claimed before
    /// and not ended.
    /// </summary>
    public void Claim(LaneSet lanes, int max, List<OutboxEntry> claimed)
    {
        lock (_lock)
        {
            if (claimed.Count > 0 && _waiting.Count > 0)
                HoldBackLater(claimed);

            for (var node = _waiting.First; node is not null && claimed.Count < max; node = node.Next)
            {
                if (lanes.Contains(node.Value.Lane))
                    claimed.Add(new OutboxEntry(node.Value.Event, 0));
            }
        }
    }

    /// <summary>Whether an event is here and not in the table alone.</summary>
    public bool Has(ModelEvent one)
    {
        lock (_lock)
            return _left.ContainsKey(one.Sequence);
    }

    /// <summary>
    /// Takes the waiting events of a failed one's entity out, itself included, and of those that share its count: they and those
    /// that are read from now on go to the table. None stays here that they would overtake after a restart.
    /// </summary>
    public List<ModelEvent> SetAside(ModelEvent failed)
    {
        var taken = new List<ModelEvent>();

        lock (_lock)
        {
            if (_left[failed.Sequence].List is not null)
                TakeWaiting(AsideCounts.SharedWith(EntityOf(failed)), taken);
        }

        return taken;
    }

    /// <summary>
    /// Takes all waiting events out that <paramref name="which"/> of the groups have, and those of their entities that wait
    /// before the last of them: they go to the table.
    /// </summary>
    public List<ModelEvent> SetAside(Func<EventGroup, bool> which)
    {
        lock (_lock)
        {
            var taken = new List<ModelEvent>();
            var its = _waiting.Where(item => which(item.Group)).ToList();
            var entities = its.Select(item => EntityOf(item.Event)).ToHashSet();
            if (its.Count > 0)
                TakeWaiting(entities.Contains, taken, last: its[^1].Event);
            return taken;
        }
    }

    /// <summary>Forgets events that are in the table now.</summary>
    public void Settle(IReadOnlyList<ModelEvent> events)
    {
        lock (_lock)
        {
            foreach (var one in events)
                Settle(one);

            _room.Tell();
        }
    }

    /// <summary>
    /// Forgets events that are done, and returns those that are in the table, or on their way to it, and must leave that.
    /// </summary>
    public List<ModelEvent> SettleDone(IReadOnlyList<ModelEvent> events)
    {
        var inTable = new List<ModelEvent>();
        lock (_lock)
        {
            foreach (var one in events)
            {
                if (_left.TryGetValue(one.Sequence, out var node) && node.List is not null)
                    Settle(one, isDelivered: true);
                else
                    inTable.Add(one);
            }

            _room.Tell();
        }

        return inTable;
    }

    /// <summary>Notes that events left the table; after an entity's last one its new ones are claimed from here.</summary>
    public void LeftTable(IReadOnlyList<ModelEvent> events)
    {
        lock (_lock)
        {
            foreach (var one in events)
                _aside.Left(EntityOf(one));
        }
    }

    /// <summary>Notes how many events of each entity the table has.</summary>
    public void SetAside(Dictionary<int, int> counts)
    {
        lock (_lock)
            _aside.Replace(counts);
    }

    /// <summary>How many events are here, and when the oldest of them occurred.</summary>
    public (int Count, DateTimeOffset? Oldest) Count()
    {
        lock (_lock)
            return (_waiting.Count, _waiting.First?.Value.Event.OccurredAt);
    }

    private static Entity EntityOf(ModelEvent one) => (one.Model, one.Key);

    private short Add(
        ModelEvent one, EventGroup group, bool isUnfit, Overflow overflow, List<ModelEvent> following)
    {
        var leaves = overflow == Overflow.AllLeaves || (overflow == Overflow.Leaves && _room.IsFull);
        var node = new LinkedListNode<BufferedEvent>(new BufferedEvent(one, group));
        _left.Add(one.Sequence, node);
        _room.Take(one);

        if (leaves && !_aside.Has(EntityOf(one)))
            TakeWaiting(AsideCounts.SharedWith(EntityOf(one)), following);

        if (_aside.Added(EntityOf(one), onlyIfAny: !leaves && !isUnfit))
            following.Add(one);
        else
            _waiting.AddLast(node);

        return node.Value.Lane;
    }

    private void Settle(ModelEvent one, bool isDelivered = false)
    {
        if (!_left.Remove(one.Sequence, out var node))
            return;

        if (isDelivered)
            node.Value.Group.Done(one);
        else
            node.Value.Group.Done();
        node.List?.Remove(node);
        _room.GiveBack(one);
    }

    private void TakeWaiting(Predicate<Entity> which, List<ModelEvent> taken, ModelEvent? last = null)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var next = ReferenceEquals(node.Value.Event, last) ? null : node.Next;
            var entity = EntityOf(node.Value.Event);
            if (which(entity))
            {
                _waiting.Remove(node);
                _aside.Added(entity);
                taken.Add(node.Value.Event);
            }

            node = next;
        }
    }
}
