namespace ModelEvents.Outbox;

/// <summary>
/// Reads packs from the table into memory, and takes them out of it once their events are done. Used by the process that
/// leads, one call at a time.
/// </summary>
internal sealed class PackReader(LeaderConnection connection, TimeSpan pollInterval, TimeProvider time)
{
    private readonly PackIntervals _intervals = new();
    private readonly PackTexts _texts = new();
    private readonly Dictionary<long, EventGroup> _packs = [];
    private long _lookedAtAll = time.GetTimestamp();

    /// <summary>Whether the table may have more than was read.</summary>
    public bool IsCut { get; private set; }

    /// <summary>
    /// Deletes what is done, and reads up to <paramref name="limit"/> packs; 0 reads none. Now and then, with nothing in
    /// memory, all of the table is looked at, in case ids were not drawn in their order, as after somebody changed their
    /// sequence.
    /// </summary>
    public async Task<List<(ModelEvent[] Events, EventGroup Pack)>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        long[] done = [.. _packs.Where(pack => pack.Value.Left == 0).Select(pack => pack.Key)];
        if (limit > 0 && done.Length == _packs.Count && time.GetElapsedTime(_lookedAtAll) >= pollInterval)
            LookAtAll();
        if (done.Length == 0 && limit == 0)
            return [];

        var reading = await connection.ReadAsync(done, _intervals, limit, cancellationToken).ConfigureAwait(false);
        foreach (var id in done)
            _packs.Remove(id);

        if (limit == 0)
            return [];

        IsCut = reading.IsCut;
        _intervals.Note([.. reading.Packs.Select(pack => pack.Id)], reading.IsCut, reading.Oldest, reading.Next);
        return Unpack(reading.Packs);
    }

    private void LookAtAll()
    {
        _intervals.Reset();
        _lookedAtAll = time.GetTimestamp();
    }

    private List<(ModelEvent[] Events, EventGroup Pack)> Unpack(IReadOnlyList<(long Id, byte[] Events)> packs)
    {
        var unpacked = new List<(ModelEvent[], EventGroup)>(packs.Count);
        foreach (var (id, events) in packs)
        {
            var pack = new EventGroup();
            if (_packs.TryAdd(id, pack))
                unpacked.Add((EventPackReader.Read(events, id, _texts), pack));
        }

        return unpacked;
    }
}
