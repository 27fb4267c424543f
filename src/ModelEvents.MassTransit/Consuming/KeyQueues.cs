namespace ModelEvents.Consuming;

/// <summary>One queue for each key that has a message in work.</summary>
/// <param name="room">How many messages can be in hand; 0 for any number.</param>
internal sealed class KeyQueues(int room)
{
    private readonly Dictionary<(string Model, string Key), Queue<Turn>> _queues = [];
    private (string Model, string Key)? _crowding;
    private int _inHand;

    /// <summary>
    /// Joins the end of the key's queue; its first starts at once. Returns whether the room is full now and half of it is this
    /// key's, once until that key has none left.
    /// </summary>
    public bool Join(Turn turn)
    {
        lock (_queues)
        {
            _inHand++;
            if (turn.Key is not { } key)
            {
                turn.Start();
                return false;
            }

            if (!_queues.TryGetValue(key, out var queue))
                _queues.Add(key, queue = new Queue<Turn>());

            queue.Enqueue(turn);
            if (queue.Count == 1)
                turn.Start();

            return IsCrowdedBy(key, queue.Count);
        }
    }

    /// <summary>Leaves the front of the key's queue to the next one.</summary>
    public void Leave(Turn turn)
    {
        lock (_queues)
        {
            _inHand--;
            if (turn.Key is not { } key)
                return;

            var queue = _queues[key];
            queue.Dequeue();
            if (queue.TryPeek(out var next))
                next.Start();
            else
                Remove(key);
        }
    }

    private void Remove((string Model, string Key) key)
    {
        _queues.Remove(key);
        if (_crowding == key)
            _crowding = null;
    }

    private bool IsCrowdedBy((string Model, string Key) key, int count)
    {
        if (room == 0 || _inHand < room || count * 2 < room || _crowding is not null)
            return false;

        _crowding = key;
        return true;
    }
}
