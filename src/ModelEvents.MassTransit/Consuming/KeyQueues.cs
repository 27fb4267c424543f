namespace ModelEvents.Consuming;

/// <summary>One queue for each key that has a message in work.</summary>
internal sealed class KeyQueues
{
    private readonly Dictionary<(string Model, string Key), Queue<Turn>> _queues = [];

    /// <summary>Joins the end of the key's queue; its first starts at once.</summary>
    public void Join(Turn turn)
    {
        if (turn.Key is not { } key)
        {
            turn.Start();
            return;
        }

        lock (_queues)
        {
            if (!_queues.TryGetValue(key, out var queue))
                _queues.Add(key, queue = new Queue<Turn>());

            queue.Enqueue(turn);
            if (queue.Count == 1)
                turn.Start();
        }
    }

    /// <summary>Leaves the front of the key's queue to the next one.</summary>
    public void Leave(Turn turn)
    {
        if (turn.Key is not { } key)
            return;

        lock (_queues)
        {
            var queue = _queues[key];
            queue.Dequeue();
            if (queue.TryPeek(out var next))
                next.Start();
            else
                _queues.Remove(key);
        }
    }
}
