namespace ModelEvents.Outbox;

/// <summary>
/// A slot that one session can hold at a time: slots below <see cref="Lane.Count"/> are the lanes, those from there on are
/// places for members, by which sessions count each other.
/// </summary>
internal sealed class LaneLease
{
    public short Slot { get; set; }

    /// <summary>The session that holds the slot.</summary>
    public Guid? Owner { get; set; }

    /// <summary>
    /// Grows while the owner lives. Others compare it with what they saw before instead of comparing clocks.
    /// </summary>
    public long Beat { get; set; }
}
