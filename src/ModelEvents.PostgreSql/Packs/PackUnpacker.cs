using Microsoft.Extensions.Logging;
using ModelEvents.LogCapture;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Reads packs for an outbox. One that cannot be read becomes an event that is parked with the reason and keeps the bytes:
/// it is seen, can be looked at, and holds up nothing else. For one reader at a time.
/// </summary>
/// <param name="outbox">The outbox.</param>
/// <param name="place">Says of a position where that is.</param>
/// <param name="time">When it is.</param>
/// <param name="logger">Is told.</param>
internal sealed class PackUnpacker(string outbox, Func<long, string> place, TimeProvider time, ILogger logger)
{
    /// <summary>How many bytes of an unreadable pack are kept.</summary>
    public const int MostKept = 1 << 20;

    private readonly PackTexts _texts = new();

    /// <summary>For packs in the table.</summary>
    public static PackUnpacker OfRows(string outbox, TimeProvider time, ILogger logger) =>
        new(outbox, id => $"the table of packs, row {id}", time, logger);

    /// <summary>For messages of the log.</summary>
    public static PackUnpacker OfLog(string outbox, TimeProvider time, ILogger logger) =>
        new(outbox, number => $"the log at {new NpgsqlLogSequenceNumber(LogNumbers.PositionOf(number))}", time, logger);

    /// <summary>The events of a pack; those that cannot be published are named beside them.</summary>
    /// <inheritdoc cref="EventPackReader.Read"/>
    public (ModelEvent[] Events, FailedEvent[] Failed) Read(ReadOnlyMemory<byte> pack, long position, int most = int.MaxValue)
    {
        try
        {
            return (EventPackReader.Read(pack, position, _texts, most), []);
        }
        catch (InvalidDataException unreadable)
        {
            return Keep(pack[..Math.Min(pack.Length, MostKept)], pack.Length, position, unreadable.Message);
        }
    }

    /// <summary>An event that keeps <paramref name="bytes"/>, the first of <paramref name="length"/>, which cannot be read.</summary>
    public (ModelEvent[] Events, FailedEvent[] Failed) Keep(
        ReadOnlyMemory<byte> bytes, long length, long position, string reason)
    {
        var error = $"{reason} {bytes.Length} of its {length} bytes are kept. It stands in {place(position)}.";
        var kept = new ModelEvent
        {
            Id = new EventIds(time).Next(),
            Name = "modelevents.unreadable",
            Service = "",
            Model = "",
            Key = place(position),
            Body = bytes.ToArray(),
            Headers = new Dictionary<string, string> { [EventHeaders.Unreadable] = error },
            OccurredAt = time.GetUtcNow(),
            Sequence = position,
        };
        Log.UnreadablePack(logger, outbox, place(position), kept.Id, reason);
        return ([kept], [new FailedEvent(kept, 1, error, RetryAfter: null)]);
    }
}
