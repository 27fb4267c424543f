namespace ModelEvents.Faults.Lines;

/// <summary>A model with a status, whose keys come from its writers and come back after deletes.</summary>
internal sealed class Shipment
{
    public required string Id { get; set; }

    /// <summary>The number of the save that wrote the row last; a concurrency token.</summary>
    public long Mark { get; set; }

    public required string Content { get; set; }

    public required string Status { get; set; }
}
