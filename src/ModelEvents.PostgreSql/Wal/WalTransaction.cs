using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>A committed transaction in the log: behind its end the position moves once none of its events is left.</summary>
/// <param name="id">The lower half of its number.</param>
/// <param name="readAt">When its begin was read, as a timestamp of the clock.</param>
internal sealed class WalTransaction(uint id, long readAt) : EventGroup
{
    public uint Id => id;

    public long ReadAt => readAt;

    /// <summary>Where it ends in the log; not known until all of it was read.</summary>
    public NpgsqlLogSequenceNumber? End { get; set; }

    public bool IsDone => Left == 0 && End is not null;
}
