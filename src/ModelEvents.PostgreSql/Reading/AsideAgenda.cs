namespace ModelEvents.Outbox;

/// <summary>
/// Knows when to look at the events that are set aside, so that the table is asked only when something may be due: at the
/// next retry, after a look that found something, and now and then for what other processes changed.
/// </summary>
internal sealed class AsideAgenda(TimeSpan pollInterval, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LaneSlice, PriorityQueue<DateTimeOffset, DateTimeOffset>> _looks = [];
    private DateTimeOffset _nextCount;

    /// <summary>Whether to count anew what is in the table.</summary>
    public bool IsCountDue
    {
        get
        {
            lock (_lock)
                return _nextCount <= time.GetUtcNow();
        }
    }

    public void AskForCount()
    {
        lock (_lock)
            _nextCount = default;
    }

    /// <summary>The table was counted: whoever looks next finds what was changed.</summary>
    public void Counted()
    {
        lock (_lock)
        {
            _nextCount = time.GetUtcNow() + pollInterval;
            LookNow();
        }
    }

    /// <summary>Events were put into the table that are due at once.</summary>
    public void Added()
    {
        lock (_lock)
            LookNow();
    }

    public bool IsDue(LaneSlice slice)
    {
        lock (_lock)
            return LooksOf(slice).TryPeek(out var next, out _) && next <= time.GetUtcNow();
    }

    /// <summary>A look has begun; the next one follows at once if it is to find <paramref name="any"/>.</summary>
    public void Looked(LaneSlice slice, bool any)
    {
        lock (_lock)
        {
            var looks = LooksOf(slice);
            while (looks.TryPeek(out var next, out _) && next <= time.GetUtcNow())
                looks.Dequeue();

            if (any)
                looks.Enqueue(default, default);
        }
    }

    /// <summary>Something is due after <paramref name="rest"/>.</summary>
    public void LookAfter(LaneSlice slice, TimeSpan rest)
    {
        lock (_lock)
            LooksOf(slice).Enqueue(time.GetUtcNow() + rest, time.GetUtcNow() + rest);
    }

    private void LookNow()
    {
        foreach (var looks in _looks.Values)
            looks.Enqueue(default, default);
    }

    private PriorityQueue<DateTimeOffset, DateTimeOffset> LooksOf(LaneSlice slice)
    {
        if (!_looks.TryGetValue(slice, out var looks))
        {
            looks = _looks[slice] = new();
            looks.Enqueue(default, default);
        }

        return looks;
    }
}
