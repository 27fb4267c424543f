namespace ModelEvents.Faults.Lines;

/// <summary>Owned by a parcel.</summary>
internal sealed class ParcelLine
{
    public long Number { get; set; }

    /// <summary>The number of the save that wrote the row last.</summary>
    public long Mark { get; set; }
}
