namespace ModelEvents.Outbox;

/// <summary>
/// Knows when to look at the events that are set aside, so that the table is asked only when something may be due: at the
/// next retry, after a look that found something, and now and then for what other processes changed.
/// </summary>
internal sealed class AsideAgenda(TimeSpan pollInterval, TimeProvider time)
{
    // Counting takes longer with what there is to count, and must not be all that the database does.
    private const int RestForCount = 20;

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

    /// <summary>Now, by the clock that everything here goes by.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The table was counted, which took so long: whoever looks next finds what was changed.</summary>
    public void Counted(TimeSpan took)
    {
        lock (_lock)
        {
            var rest = took * RestForCount;
            _nextCount = time.GetUtcNow() + (rest > pollInterval ? rest : pollInterval);
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
        // Once is enough: a worker that is long at its events, or hangs, takes none away.
        foreach (var looks in _looks.Values)
        {
            if (!looks.TryPeek(out var next, out _) || next != default)
                looks.Enqueue(default, default);
        }
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
