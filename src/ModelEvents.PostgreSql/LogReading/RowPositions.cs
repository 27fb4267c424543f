using ModelEvents.LogCapture;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Gives the rows of one transaction numbers, from which their events get their ids: those of the place of their record in
/// the log. Rows that were copied in share a record, which has more than <see cref="LogNumbers.Room"/> numbers for each.
/// </summary>
internal sealed class RowPositions
{
    private long _next;

    /// <summary>How many rows have one.</summary>
    public int Count { get; private set; }

    public long Next(NpgsqlLogSequenceNumber record)
    {
        var position = Math.Max(LogNumbers.Of((ulong)record), _next);
        _next = position + LogNumbers.Room;
        Count++;
        return position;
    }
}
