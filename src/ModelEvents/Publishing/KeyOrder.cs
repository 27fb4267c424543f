namespace ModelEvents.Publishing;

/// <summary>Which event follows which: the events of a call, chained by model and key.</summary>
internal sealed class KeyOrder
{
    private readonly int[] _next;

    public KeyOrder(IReadOnlyList<ModelEvent> events)
    {
        _next = new int[events.Count];
        var firsts = new List<int>(events.Count);
        var lasts = new Dictionary<(string Model, string Key), int>(events.Count);
        for (var position = 0; position < events.Count; position++)
        {
            var key = (events[position].Model, events[position].Key);
            if (lasts.TryGetValue(key, out var last))
                _next[last] = position;
            else
                firsts.Add(position);

            lasts[key] = position;
        }

        Firsts = firsts;
    }

    /// <summary>The position of each key's first event.</summary>
    public IReadOnlyList<int> Firsts { get; }

    /// <summary>The position of the event that follows on <paramref name="position"/>, or 0 if none does.</summary>
    public int Next(int position) => _next[position];

    /// <summary>The positions of a key's events from <paramref name="first"/> on, in order.</summary>
    public IEnumerable<int> From(int first)
    {
        yield return first;
        for (var position = _next[first]; position != 0; position = _next[position])
            yield return position;
    }
}
