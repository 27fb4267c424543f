using System.Numerics;

namespace ModelEvents.Outbox;

/// <summary>A set of lanes, one bit each.</summary>
internal readonly record struct LaneSet(ulong Bits)
{
    public static LaneSet None => default;

    public static LaneSet All => new(ulong.MaxValue);

    public int Count => BitOperations.PopCount(Bits);

    public bool IsEmpty => Bits == 0;

    public static LaneSet operator |(LaneSet left, LaneSet right) => new(left.Bits | right.Bits);

    public static LaneSet operator &(LaneSet left, LaneSet right) => new(left.Bits & right.Bits);

    public static LaneSet operator -(LaneSet left, LaneSet right) => new(left.Bits & ~right.Bits);

    public static LaneSet Of(short lane) => new(1UL << lane);

    public static LaneSet Of(IEnumerable<short> lanes) => lanes.Aggregate(None, (set, lane) => set | Of(lane));

    public static LaneSet Of(LaneSlice slice) => Of(All.ToArray().Where(slice.Contains));

    public bool Contains(short lane) => !(this & Of(lane)).IsEmpty;

    /// <summary>The lanes in ascending order.</summary>
    public short[] ToArray()
    {
        var lanes = new short[Count];
        var rest = Bits;

        for (var i = 0; i < lanes.Length; i++, rest &= rest - 1)
            lanes[i] = (short)BitOperations.TrailingZeroCount(rest);

        return lanes;
    }
}
