namespace ModelEvents.Outbox;

/// <summary>
/// Reads packs from the table into memory, and takes them out of it once their events are done. Used by the process that
/// leads, one call at a time.
/// </summary>
internal sealed class PackReader(
    LeaderConnection connection, PackUnpacker unpacker, TimeSpan pollInterval, TimeProvider time)
{
    private readonly PackIntervals _intervals = new();
    private readonly Dictionary<long, (EventGroup Group, int Count)> _packs = [];
    private long _end = long.MinValue;
    private long _lookedAtAll = time.GetTimestamp();

    /// <summary>Whether the table may have more than was read.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether any of what was read is in the table still.</summary>
    public bool HasAny => _packs.Count > 0;

    /// <summary>What was delivered of packs that are in the table still.</summary>
    public IEnumerable<(string Handler, Guid EventId)> Delivered => _packs.Values.SelectMany(pack => pack.Group.Delivered);

    /// <summary>
    /// Deletes what is done, and reads up to <paramref name="limit"/> packs; 0 reads none. Now and then, with nothing in
    /// memory, all of the table is looked at, in case ids were not drawn in their order, as after somebody changed their
    /// sequence.
    /// </summary>
    public async Task<UnpackedEvents> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        long[] done = [.. _packs.Where(pack => pack.Value.Group.IsOver).Select(pack => pack.Key)];
        if (limit > 0 && done.Length == _packs.Count && time.GetElapsedTime(_lookedAtAll) >= pollInterval)
            LookAtAll();
        if (done.Length == 0 && limit == 0)
            return UnpackedEvents.None;

        var reading = await connection.ReadAsync(done, _intervals, limit, cancellationToken).ConfigureAwait(false);
        foreach (var id in done)
            _packs.Remove(id);

        if (limit == 0)
            return UnpackedEvents.None;

        IsCut = reading.IsCut;
        _intervals.Note([.. reading.Packs.Select(pack => pack.Id)], reading.IsCut, reading.Oldest, reading.Next);
        return Unpack(reading.Packs);
    }

    private void LookAtAll()
    {
        _intervals.Reset();
        _lookedAtAll = time.GetTimestamp();
    }

    private UnpackedEvents Unpack(IReadOnlyList<(long Id, byte[] Events)> packs)
    {
        var all = new List<(ModelEvent[], EventGroup)>(packs.Count);
        List<FailedEvent> failed = [];
        foreach (var (id, bytes) in packs)
        {
            if (_packs.ContainsKey(id))
                continue;

            var (events, unreadable) = unpacker.Read(bytes, id, EventPackWriter.MostOfRow);
            if (Overlaps(id, events.Length))
                continue;

            var pack = new EventGroup();
            all.Add((events, pack));
            failed.AddRange(unreadable);
            _packs.Add(id, (pack, events.Length));
            _end = Math.Max(_end, id + events.Length);
        }

        return new UnpackedEvents(all, failed);
    }

    /// <summary>
    /// Whether events would have the sequences of others in memory, since somebody has chosen the id: then the pack waits in
    /// the table until those are done.
    /// </summary>
    private bool Overlaps(long id, int count)
    {
        for (var step = 1; id < _end && step < EventPackWriter.MostOfRow; step++)
        {
            if (_packs.TryGetValue(id - step, out var before) && before.Count > step)
                return true;
            if (step < count && _packs.ContainsKey(id + step))
                return true;
        }

        return false;
    }
}
