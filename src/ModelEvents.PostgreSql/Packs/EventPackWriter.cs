using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>
/// Writes the events of a save as packs: rows of the table, or one message of the write-ahead log.
/// <see cref="EventPackReader"/> reads them.
/// <para>
/// Version 1: a byte 1, the number of events, and the events; then, up to the end, what the database generated, as text
/// with commas between. An event is a byte, its id (16 bytes, big-endian), what it may share with the event before it,
/// its key and its body. The byte is 1 where all of that is shared and left out, else 0. It is name, service, model, time
/// (ticks, UTC, 8 bytes big-endian) and headers: their number, then name and value of each. Texts are UTF-8; texts and
/// bodies begin with their length; numbers have 7 bits in a byte, the low ones first, as
/// <see cref="System.IO.BinaryWriter.Write7BitEncodedInt"/> has them. A NUL in key or body is the place of the next
/// generated value.
/// </para>
/// <para>
/// Version 2, which only packs have whose events go elsewhere than to the broker alone: what an event may share begins with
/// where it goes. That is twice the number of handlers, and one more if it goes to the broker too; then their names.
/// </para>
/// </summary>
internal static class EventPackWriter
{
    public const byte Version = 1;

    public const byte VersionWithTargets = 2;

    /// <summary>
    /// The most events of a row: an event's sequence is its row's id, which grows by this step, and its place in the row.
    /// </summary>
    public const int MostOfRow = 128;

    /// <summary>The bytes after which the events of a save go on in another message of the log: one is read as a whole.</summary>
    public const int SizeOfMessage = 16 << 20;

    // A larger row is stored out of line, and PostgreSQL tries to compress it first, which costs more than a second row.
    // https://www.postgresql.org/docs/current/storage-toast.html
    private const int SizeOfRow = 1900;

    // Version, numbers, id, lengths.
    private const int RoomForEach = 32;

    /// <summary>One event as a pack.</summary>
    public static ReadOnlyMemory<byte> Write(ModelEvent one)
    {
        var pack = new ArrayBufferWriter<byte>(SizeOf(one, before: null));
        WritePack(pack, [one], 0, 1);
        return pack.WrittenMemory;
    }

    /// <summary>As many packs as they fill rows, and where they are.</summary>
    public static (List<EventPack> Packs, PackBuffer Buffer) WriteRows(IReadOnlyList<ModelEvent> events) =>
        WriteParts(events, SizeOf(events), MostOfRow, SizeOfRow);

    /// <summary>As many packs as they fill messages of the log, and where they are.</summary>
    public static (List<EventPack> Packs, PackBuffer Buffer) WriteMessages(
        IReadOnlyList<ModelEvent> events, int mostBytes = SizeOfMessage)
    {
        var size = SizeOf(events);
        if (size > mostBytes)
            return WriteParts(events, size, int.MaxValue, mostBytes);

        var buffer = new PackBuffer(size);
        WritePack(buffer, events, 0, events.Count);
        return ([new EventPack(events.Count, buffer.Written)], buffer);
    }

    private static (List<EventPack> Packs, PackBuffer Buffer) WriteParts(
        IReadOnlyList<ModelEvent> events, int size, int mostEvents, int mostBytes)
    {
        var buffer = new PackBuffer(size);
        var ends = new List<(int Count, int End)>();
        for (var first = 0; first < events.Count;)
        {
            var count = CountOfPart(events, first, mostEvents, mostBytes);
            WritePack(buffer, events, first, count);
            ends.Add((count, buffer.Length));
            first += count;
        }

        var start = 0;
        var packs = ends.ConvertAll(pack =>
        {
            var bytes = buffer.Written[start..pack.End];
            start = pack.End;
            return new EventPack(pack.Count, bytes);
        });
        return (packs, buffer);
    }

    private static int CountOfPart(IReadOnlyList<ModelEvent> events, int first, int mostEvents, int mostBytes)
    {
        var count = 1;
        var size = SizeOf(events[first], before: null);
        for (var next = first + 1; next < events.Count && count < mostEvents; next++, count++)
        {
            size += SizeOf(events[next], events[next - 1]);
            if (size > mostBytes)
                break;
        }

        return count;
    }

    private static int SizeOf(IReadOnlyList<ModelEvent> events)
    {
        var size = 0;
        for (var i = 0; i < events.Count; i++)
            size += SizeOf(events[i], i > 0 ? events[i - 1] : null);

        return size;
    }

    /// <summary>About how many bytes an event takes: a little too many, where its texts are ASCII.</summary>
    private static int SizeOf(ModelEvent one, ModelEvent? before)
    {
        var size = RoomForEach + one.Key.Length + one.Body.Length;
        if (before is not null && AreAlike(one, before))
            return size;

        size += RoomForEach + one.Name.Length + one.Service.Length + one.Model.Length;
        foreach (var (name, value) in one.Headers)
            size += name.Length + value.Length + 4;
        foreach (var handler in one.Targets?.Handlers ?? [])
            size += handler.Length + 4;

        return size;
    }

    private static void WritePack(IBufferWriter<byte> pack, IReadOnlyList<ModelEvent> events, int first, int count)
    {
        var hasTargets = HasTargets(events, first, count);
        WriteByte(pack, hasTargets ? VersionWithTargets : Version);
        WriteNumber(pack, count);
        for (var i = first; i < first + count; i++)
            Write(pack, events[i], i > first ? events[i - 1] : null, hasTargets);
    }

    private static bool HasTargets(IReadOnlyList<ModelEvent> events, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            if (events[i].Targets is not null)
                return true;
        }

        return false;
    }

    private static void Write(IBufferWriter<byte> pack, ModelEvent one, ModelEvent? before, bool hasTargets)
    {
        var isAlike = before is not null && AreAlike(one, before);
        WriteByte(pack, isAlike ? (byte)1 : (byte)0);
        one.Id.TryWriteBytes(pack.GetSpan(16), bigEndian: true, out var length);
        pack.Advance(length);

        if (!isAlike && hasTargets)
            WriteTargets(pack, one.Targets);
        if (!isAlike)
            WriteShared(pack, one);

        WriteText(pack, one.Key);
        WriteNumber(pack, one.Body.Length);
        pack.Write(one.Body.Span);
    }

    private static void WriteTargets(IBufferWriter<byte> pack, EventTargets? targets)
    {
        var handlers = targets?.Handlers ?? [];
        WriteNumber(pack, (2 * handlers.Count) + (targets?.Broker == false ? 0 : 1));
        foreach (var handler in handlers)
            WriteText(pack, handler);
    }

    private static void WriteShared(IBufferWriter<byte> pack, ModelEvent one)
    {
        WriteText(pack, one.Name);
        WriteText(pack, one.Service);
        WriteText(pack, one.Model);
        BinaryPrimitives.WriteInt64BigEndian(pack.GetSpan(8), one.OccurredAt.UtcTicks);
        pack.Advance(8);
        WriteNumber(pack, one.Headers.Count);

        foreach (var (name, value) in one.Headers)
        {
            WriteText(pack, name);
            WriteText(pack, value);
        }
    }

    private static bool AreAlike(ModelEvent one, ModelEvent other) =>
        ReferenceEquals(one.Headers, other.Headers)
        && ReferenceEquals(one.Targets, other.Targets)
        && one.OccurredAt == other.OccurredAt
        && one.Name == other.Name
        && one.Model == other.Model
        && one.Service == other.Service;

    private static void WriteText(IBufferWriter<byte> pack, string text)
    {
        WriteNumber(pack, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, pack);
    }

    private static void WriteNumber(IBufferWriter<byte> pack, int number)
    {
        for (; number > 0x7F; number >>= 7)
            WriteByte(pack, (byte)(number | 0x80));

        WriteByte(pack, (byte)number);
    }

    private static void WriteByte(IBufferWriter<byte> pack, byte value)
    {
        pack.GetSpan(1)[0] = value;
        pack.Advance(1);
    }
}
