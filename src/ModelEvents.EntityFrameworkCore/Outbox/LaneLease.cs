using System.ComponentModel;

namespace ModelEvents.Outbox;

/// <summary>
/// A slot that one session can hold at a time: slots below <see cref="Lane.Count"/> are the lanes, those from there on are
/// places for members, by which sessions count each other.
/// Public only for EF Core: its proxies derive from it, and its compiled models name it. Not to be used in code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public class LaneLease
{
    /// <summary>The slot.</summary>
    public virtual short Slot { get; set; }

    /// <summary>The session that holds the slot.</summary>
    public virtual Guid? Owner { get; set; }

    /// <summary>
    /// Grows while the owner lives. Others compare it with what they saw before instead of comparing clocks.
    /// </summary>
    public virtual long Beat { get; set; }
}
