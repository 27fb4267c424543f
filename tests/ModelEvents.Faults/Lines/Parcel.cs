namespace ModelEvents.Faults.Lines;

/// <summary>The model with everything that an entity can have: owned rows in a table of their own, and links.</summary>
internal sealed class Parcel
{
    public long Id { get; set; }

    /// <summary>The number of the save that wrote the row last. No two saves have the same.</summary>
    public long Mark { get; set; }

    public required string Content { get; set; }

    public decimal Weight { get; set; }

    public DateTime PackedAt { get; set; }

    public List<ParcelLine> Lines { get; } = [];

    public List<Tag> Tags { get; } = [];
}
