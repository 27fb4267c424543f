namespace ModelEvents.Faults.Lines;

/// <summary>Linked to parcels, and not listed.</summary>
internal sealed class Tag
{
    /// <summary>The number of the save that made it and linked it.</summary>
    public long Id { get; set; }

    public List<Parcel> Parcels { get; } = [];
}
