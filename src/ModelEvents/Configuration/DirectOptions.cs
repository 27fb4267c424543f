namespace ModelEvents;

/// <summary>
/// The memory in which events wait with <see cref="DeliveryMode.Direct"/>. Once as much waits, no save of a listed model begins;
/// those that have begun are let through with all of their events, and so is what a handler saves. What an open transaction holds
/// counts for its own next save, and for others from its commit on: so many transactions at once may each hold as much. Each
/// context has its own.
/// </summary>
public sealed class DirectOptions
{
    /// <summary>How many events may wait, parked ones included. Default: 100,000. Range: 1 to 100,000,000.</summary>
    public int MaxEvents { get; set; } = 100_000;

    /// <summary>
    /// How many megabytes they may take, counted by their bodies, their keys and 500 bytes for each. Default: 256 MB.
    /// Range: 1 to 1,000,000.
    /// </summary>
    public int MaxMegabytes { get; set; } = 256;

    /// <summary>What a save does when one of the two is reached. Default: <see cref="FullMemory.Fail"/>.</summary>
    public FullMemory WhenFull { get; set; } = FullMemory.Fail;
}
