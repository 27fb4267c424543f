namespace ModelEvents.Outbox;

/// <summary>Events of one save as a row of the outbox, for a provider that packs several into one.</summary>
internal sealed class PackRow
{
    public long Id { get; set; }

    /// <summary>How many events they are.</summary>
    public int Count { get; set; }

    public byte[] Events { get; set; } = [];
}
