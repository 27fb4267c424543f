using System.ComponentModel;

namespace ModelEvents.Outbox;

/// <summary>
/// Events of one save as a row of the outbox, for a provider that packs several into one.
/// Public only for EF Core: its proxies derive from it, and its compiled models name it. Not to be used in code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public class PackRow
{
    /// <summary>Its place in the order of packs.</summary>
    public virtual long Id { get; set; }

    /// <summary>How many events they are.</summary>
    public virtual int Count { get; set; }

    /// <summary>The events.</summary>
    public virtual byte[] Events { get; set; } = [];
}
