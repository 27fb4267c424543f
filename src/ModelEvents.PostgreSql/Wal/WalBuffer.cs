using NpgsqlTypes;
using Entity = (string Model, string Key);

namespace ModelEvents.Outbox;

/// <summary>
/// The events between the log and the broker, in the order of their commits. Those of an entity that has events in the
/// table are not claimed from here: they follow there (<see cref="AsideEvents"/>).
/// </summary>
internal sealed class WalBuffer(int capacity)
{
    private const long MaxBytes = 64 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<Item> _waiting = [];
    private readonly Dictionary<long, LinkedListNode<Item>> _left = [];
    private readonly WalPositions _positions = new();
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

    public bool IsFull
    {
        get
        {
            lock (_lock)
                return IsFullNow;
        }
    }

    /// <summary>Whether all that was read of a transaction is done, but not yet its end.</summary>
    public bool AwaitsEnd
    {
        get
        {
            lock (_lock)
                return _positions.AwaitsEnd;
        }
    }

    private bool IsFullNow => _left.Count >= capacity || _bytes >= MaxBytes;

    public void Begin()
    {
        lock (_lock)
            _positions.Begin();
    }

    public void End(NpgsqlLogSequenceNumber end)
    {
        lock (_lock)
            _positions.End(end);
    }

    /// <summary>Adds what was read, and returns those of the events that must go to the table.</summary>
    public List<ModelEvent> Add(IReadOnlyList<ModelEvent> events)
    {
        var following = new List<ModelEvent>();

        lock (_lock)
        {
            foreach (var one in events)
            {
                var node = new LinkedListNode<Item>(new Item(one, _positions.Open));
                _left.Add(one.Sequence, node);
                _positions.Open.Left++;
                _bytes += one.Body.Length;

                if (CountAside(EntityOf(one), onlyIfAside: true))
                    following.Add(one);
                else
                    _waiting.AddLast(node);
            }
        }

        return following;
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

                node.Value.Transaction.Left--;
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

    /// <inheritdoc cref="WalPositions.Confirm"/>
    public NpgsqlLogSequenceNumber Confirm(NpgsqlLogSequenceNumber received)
    {
        lock (_lock)
            return _positions.Confirm(received);
    }

    /// <summary>How many events are here, and when the oldest of them occurred.</summary>
    public (int Count, DateTimeOffset? Oldest) Count()
    {
        lock (_lock)
            return (_waiting.Count, _waiting.First?.Value.Event.OccurredAt);
    }

    private static Entity EntityOf(ModelEvent one) => (one.Model, one.Key);

    private bool CountAside(Entity entity, bool onlyIfAside)
    {
        if (!_aside.TryGetValue(entity, out var count) && onlyIfAside)
            return false;

        _aside[entity] = count + 1;
        return true;
    }

    private sealed class Item(ModelEvent one, WalTransaction transaction)
    {
        public ModelEvent Event => one;

        public WalTransaction Transaction => transaction;

        public short Lane { get; } = one.Lane;
    }
}
