namespace ModelEvents.Outbox;

/// <summary>
/// What one session holds of the lanes, and what it should hold now that so many members share them. A lane is handed on
/// only while nothing of it is claimed.
/// </summary>
internal sealed class LaneShare
{
    private readonly Dictionary<LaneSlice, LaneSet> _claims = [];
    private LaneSet _leaving;

    /// <summary>The sessions that share the lanes, this one included.</summary>
    public int Members { get; private set; } = 1;

    public LaneSet Held { get; private set; }

    /// <summary>Lanes of which more may be claimed.</summary>
    public LaneSet Claimable => Held - _leaving;

    /// <summary>Lanes to hand on that have nothing claimed.</summary>
    public LaneSet Releasable => _leaving - Claimed;

    private LaneSet Claimed => _claims.Values.Aggregate(LaneSet.None, (all, claim) => all | claim);

    /// <summary>How many lanes each of <paramref name="members"/> sessions should hold.</summary>
    public static int FairShare(int members) => (Lane.Count + members - 1) / members;

    /// <summary>Notes that <paramref name="slice"/>'s worker has events of <paramref name="lanes"/> in hand.</summary>
    public void BeginClaim(LaneSlice slice, LaneSet lanes) => _claims[slice] = lanes;

    public void EndClaim(LaneSlice slice) => _claims.Remove(slice);

    public void Gain(LaneSet lanes) => Held |= lanes;

    public void Lose(LaneSet lanes)
    {
        Held -= lanes;
        _leaving -= lanes;
    }

    /// <summary>Adapts to the number of members: lanes beyond the fair share are to leave, idle ones first.</summary>
    public void Adapt(int members)
    {
        Members = members;
        var surplus = Math.Max(0, Held.Count - FairShare(members));
        var claimed = Claimed;

        _leaving = LaneSet.Of(Held.ToArray()
            .OrderBy(claimed.Contains)
            .ThenByDescending(_leaving.Contains)
            .Take(surplus));
    }
}
