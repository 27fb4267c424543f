namespace ModelEvents.Outbox;

/// <summary>
/// Where packs may be that were not read yet: open intervals of ids. Ids become visible out of order, so besides what comes
/// after the highest one every gap below it is looked into, until all transactions are over that may have drawn an id in
/// it. What was read is thus not read again, and a read costs what is new, however many rows were deleted before.
/// </summary>
internal sealed class PackIntervals
{
    private const int Step = EventPackWriter.MostOfRow;

    // Past that a look into each gap costs more than reading what lies between them again.
    private const int MostGaps = 256;

    private List<Gap> _gaps = [];

    /// <summary>The highest id that was read.</summary>
    public long Highest { get; private set; }

    public bool HasGaps => _gaps.Count > 0;

    /// <summary>
    /// Whether the next read is to draw a transaction number: transactions that drew an id in a gap, which was seen just
    /// now, have lower ones.
    /// </summary>
    public bool NeedsNext => _gaps.Exists(gap => gap.Next is null);

    public long[] Lows => [.. _gaps.Select(gap => gap.Low), Highest];

    public long[] Highs => [.. _gaps.Select(gap => gap.High), long.MaxValue];

    /// <summary>Forgets what was read: whatever is there is read next.</summary>
    public void Reset() => (_gaps, Highest) = ([], 0);

    /// <summary>Notes what a read of these intervals has brought.</summary>
    /// <param name="ids">The ids of the rows, in their order.</param>
    /// <param name="isCut">Whether there may be more after the last of them.</param>
    /// <param name="oldest">The oldest transaction that ran before the read.</param>
    /// <param name="next">A number that no transaction had before the read, if it was asked for.</param>
    public void Note(IReadOnlyList<long> ids, bool isCut, long oldest, long? next)
    {
        var readTo = isCut ? ids[^1] : long.MaxValue;
        var gaps = new List<Gap>();
        var at = 0;
        foreach (var gap in _gaps)
        {
            var isOver = gap.Next < oldest && gap.High <= readTo;
            var low = Split(gaps, ids, ref at, gap with { Next = gap.Next ?? next }, isOver);
            if (!isOver)
                Add(gaps, gap with { Low = low, Next = gap.Next ?? next });
        }

        Highest = Split(gaps, ids, ref at, new Gap(Highest, long.MaxValue, null), isOver: false);
        _gaps = gaps.Count <= MostGaps ? gaps : [Joined(gaps)];
    }

    /// <summary>Adds what is left of a gap between the ids that were read in it; returns the last of those.</summary>
    private static long Split(List<Gap> gaps, IReadOnlyList<long> ids, ref int at, Gap gap, bool isOver)
    {
        var low = gap.Low;
        for (; at < ids.Count && ids[at] < gap.High; at++)
        {
            if (!isOver)
                Add(gaps, gap with { Low = low, High = ids[at] });
            low = ids[at];
        }

        return low;
    }

    private static void Add(List<Gap> gaps, Gap gap)
    {
        if (gap.High - gap.Low > Step)
            gaps.Add(gap);
    }

    private static Gap Joined(List<Gap> gaps) => new(
        gaps[0].Low, gaps[^1].High, gaps.Exists(gap => gap.Next is null) ? null : gaps.Max(gap => gap.Next));

    private sealed record Gap(long Low, long High, long? Next);
}
