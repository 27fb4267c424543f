using System.Buffers.Binary;
using System.Text;

namespace ModelEvents.Outbox;

/// <summary>Reads what <see cref="EventPackWriter"/> wrote. Bodies stay where they are in the pack.</summary>
internal ref struct EventPackReader
{
    private readonly ReadOnlyMemory<byte> _pack;
    private int _at;

    private EventPackReader(ReadOnlyMemory<byte> pack) => _pack = pack;

    /// <summary>
    /// The events of the pack at <paramref name="position"/>: its row's id, or where its pack begins in the log. The n-th
    /// has that position plus n as its sequence. Ids leave room for that, and no other pack begins before this one ends.
    /// </summary>
    public static ModelEvent[] Read(ReadOnlyMemory<byte> pack, ulong position)
    {
        var reader = new EventPackReader(pack);
        var version = reader.ReadByte();

        if (version != EventPackWriter.Version)
            throw new InvalidOperationException(
                $"A pack of events has the format '{version}', which a later version of ModelEvents wrote. " +
                "Update this process.");

        var events = new ModelEvent[reader.ReadNumber()];
        for (var i = 0; i < events.Length; i++)
            events[i] = reader.ReadEvent(i > 0 ? events[i - 1] : null) with { Sequence = (long)position + i };

        if (reader._at < pack.Length)
            events[^1] = Complete(events[^1], pack[reader._at..]);

        return events;
    }

    private ModelEvent ReadEvent(ModelEvent? before)
    {
        var isAlike = ReadByte() == 1;
        var id = new Guid(Take(16), bigEndian: true);
        if (isAlike)
            return before! with { Id = id, Key = ReadText(), Body = ReadBody() };

        return new ModelEvent
        {
            Id = id,
            Name = ReadText(),
            Service = ReadText(),
            Model = ReadText(),
            OccurredAt = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(Take(8)), TimeSpan.Zero),
            Headers = ReadHeaders(),
            Key = ReadText(),
            Body = ReadBody(),
        };
    }

    private Dictionary<string, string> ReadHeaders()
    {
        var count = ReadNumber();
        var headers = new Dictionary<string, string>(count);
        for (; count > 0; count--)
            headers.Add(ReadText(), ReadText());

        return headers;
    }

    private string ReadText() => Encoding.UTF8.GetString(Take(ReadNumber()));

    private ReadOnlyMemory<byte> ReadBody()
    {
        var length = ReadNumber();
        _at += length;
        return _pack[(_at - length).._at];
    }

    private int ReadNumber()
    {
        var number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = ReadByte();
            number |= (part & 0x7F) << shift;
            if (part <= 0x7F)
                return number;
        }
    }

    private byte ReadByte() => _pack.Span[_at++];

    private ReadOnlySpan<byte> Take(int length)
    {
        _at += length;
        return _pack.Span[(_at - length).._at];
    }

    /// <summary>Puts generated values in their places.</summary>
    private static ModelEvent Complete(ModelEvent one, ReadOnlyMemory<byte> generated)
    {
        var values = Encoding.UTF8.GetString(generated.Span).Split(',');
        var next = 0;
        var key = one.Key.Contains('\0', StringComparison.Ordinal) ? values[next++] : one.Key;
        var body = Encoding.UTF8.GetString(one.Body.Span).Split('\0');
        var text = new StringBuilder(body[0]);
        foreach (var part in body.AsSpan(1))
            text.Append(values[next++]).Append(part);

        return one with { Key = key, Body = Encoding.UTF8.GetBytes(text.ToString()) };
    }
}
