using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ModelEvents.Outbox;

/// <summary>
/// Writes the events of a save as one message of the write-ahead log. <see cref="WalMessageReader"/> reads it.
/// <para>
/// Version 1: a byte 1, the number of events, and the events; then, up to the end, what the database generated, as text
/// with commas between. An event is a byte, its id (16 bytes, big-endian), what it may share with the event before it,
/// its key and its body. The byte is 1 where all of that is shared and left out, else 0. It is name, service, model, time
/// (ticks, UTC, 8 bytes big-endian) and headers: their number, then name and value of each. Texts are UTF-8; texts and
/// bodies begin with their length; numbers have 7 bits in a byte, the low ones first, as
/// <see cref="System.IO.BinaryWriter.Write7BitEncodedInt"/> has them. A NUL in key or body is the place of the next
/// generated value.
/// </para>
/// </summary>
internal static class WalMessageWriter
{
    public const byte Version = 1;

    private const int RoomForAll = 512;
    private const int RoomForEach = 64;

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ModelEvent> events)
    {
        var message = new ArrayBufferWriter<byte>(SizeOf(events));
        WriteByte(message, Version);
        WriteNumber(message, events.Count);

        for (var i = 0; i < events.Count; i++)
            Write(message, events[i], i > 0 ? events[i - 1] : null);

        return message.WrittenMemory;
    }

    private static int SizeOf(IReadOnlyList<ModelEvent> events)
    {
        var size = RoomForAll;
        for (var i = 0; i < events.Count; i++)
            size += RoomForEach + events[i].Body.Length;

        return size;
    }

    private static void Write(ArrayBufferWriter<byte> message, ModelEvent one, ModelEvent? before)
    {
        var isAlike = before is not null && AreAlike(one, before);
        WriteByte(message, isAlike ? (byte)1 : (byte)0);
        one.Id.TryWriteBytes(message.GetSpan(16), bigEndian: true, out var length);
        message.Advance(length);

        if (!isAlike)
            WriteShared(message, one);

        WriteText(message, one.Key);
        WriteNumber(message, one.Body.Length);
        message.Write(one.Body.Span);
    }

    private static void WriteShared(ArrayBufferWriter<byte> message, ModelEvent one)
    {
        WriteText(message, one.Name);
        WriteText(message, one.Service);
        WriteText(message, one.Model);
        BinaryPrimitives.WriteInt64BigEndian(message.GetSpan(8), one.OccurredAt.UtcTicks);
        message.Advance(8);
        WriteNumber(message, one.Headers.Count);

        foreach (var (name, value) in one.Headers)
        {
            WriteText(message, name);
            WriteText(message, value);
        }
    }

    private static bool AreAlike(ModelEvent one, ModelEvent other) =>
        ReferenceEquals(one.Headers, other.Headers)
        && one.OccurredAt == other.OccurredAt
        && one.Name == other.Name
        && one.Model == other.Model
        && one.Service == other.Service;

    private static void WriteText(ArrayBufferWriter<byte> message, string text)
    {
        WriteNumber(message, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, message);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> message, int number)
    {
        for (; number > 0x7F; number >>= 7)
            WriteByte(message, (byte)(number | 0x80));

        WriteByte(message, (byte)number);
    }

    private static void WriteByte(ArrayBufferWriter<byte> message, byte value)
    {
        message.GetSpan(1)[0] = value;
        message.Advance(1);
    }
}
