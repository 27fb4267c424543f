using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Gives the rows of one transaction positions, from which their events get their sequences: the place of their record in
/// the log. Rows that were copied in share a record, which has more than <see cref="Room"/> bytes for each.
/// </summary>
internal sealed class RowPositions
{
    /// <summary>How many numbers a row has for its own at least.</summary>
    public const int Room = 8;

    private long _next;

    public long Next(NpgsqlLogSequenceNumber record)
    {
        var position = Math.Max((long)(ulong)record, _next);
        _next = position + Room;
        return position;
    }
}
