using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ModelEvents.Bodies;
using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>Reads what <see cref="EventPackWriter"/> wrote. Bodies stay where they are in the pack.</summary>
internal ref struct EventPackReader
{
    private readonly ReadOnlyMemory<byte> _pack;
    private readonly PackTexts _texts;
    private readonly long _position;
    private bool _hasTargets;
    private int _at;

    private EventPackReader(ReadOnlyMemory<byte> pack, long position, PackTexts texts) =>
        (_pack, _position, _texts) = (pack, position, texts);

    /// <summary>
    /// The events of the pack at <paramref name="position"/>: its row's id, or where it begins in the log. The n-th has that
    /// position plus n as its sequence. Ids leave room for that, and no other pack begins before this one ends.
    /// </summary>
    /// <param name="pack">What <see cref="EventPackWriter"/> wrote.</param>
    /// <param name="position">Where it stands.</param>
    /// <param name="texts">Texts of packs that were read before, which are often the same.</param>
    public static ModelEvent[] Read(ReadOnlyMemory<byte> pack, long position, PackTexts texts)
    {
        var reader = new EventPackReader(pack, position, texts);
        var version = reader.ReadByte();

        reader._hasTargets = version == EventPackWriter.VersionWithTargets;
        if (version != EventPackWriter.Version && !reader._hasTargets)
            throw new InvalidOperationException(
                $"A pack of events has the format '{version}', which a later version of ModelEvents wrote. " +
                "Update this process.");

        var events = new ModelEvent[reader.ReadNumber()];
        for (var i = 0; i < events.Length; i++)
            events[i] = reader.ReadEvent(i, i > 0 ? events[i - 1] : null);

        if (reader._at < pack.Length)
            events[^1] = Complete(events[^1], pack.Span[reader._at..]);

        return events;
    }

    private ModelEvent ReadEvent(int number, ModelEvent? before)
    {
        var isAlike = ReadByte() == 1;
        var id = new Guid(Take(16), bigEndian: true);
        if (isAlike)
        {
            return new ModelEvent
            {
                Id = id,
                Name = before!.Name,
                Service = before.Service,
                Model = before.Model,
                OccurredAt = before.OccurredAt,
                Headers = before.Headers,
                Targets = before.Targets,
                Key = ReadText(),
                Body = ReadBody(),
                Sequence = _position + number,
            };
        }

        var targets = _hasTargets ? ReadTargets() : null;
        var (name, service, model) = ReadNames();
        return new ModelEvent
        {
            Id = id,
            Targets = targets,
            Name = name,
            Service = service,
            Model = model,
            OccurredAt = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(Take(8)), TimeSpan.Zero),
            Headers = ReadHeaders(),
            Key = ReadText(),
            Body = ReadBody(),
            Sequence = _position + number,
        };
    }

    private EventTargets? ReadTargets()
    {
        var start = _at;
        SkipTexts(ReadNumber() / 2);
        if (!_texts.Targets.Holds(_pack.Span[start.._at]))
        {
            _at = start;
            var number = ReadNumber();
            var handlers = new string[number / 2];
            for (var i = 0; i < handlers.Length; i++)
                handlers[i] = ReadText();

            _texts.Targets.Keep(_pack.Span[start.._at], number == 1 ? null : new EventTargets(number % 2 == 1, handlers));
        }

        return _texts.Targets.Value;
    }

    private (string Name, string Service, string Model) ReadNames()
    {
        var start = _at;
        SkipTexts(3);
        if (!_texts.Names.Holds(_pack.Span[start.._at]))
        {
            _at = start;
            var names = (ReadText(), ReadText(), ReadText());
            _texts.Names.Keep(_pack.Span[start.._at], names);
        }

        return _texts.Names.Value;
    }

    private IReadOnlyDictionary<string, string> ReadHeaders()
    {
        var start = _at;
        SkipTexts(2 * ReadNumber());
        if (!_texts.Headers.Holds(_pack.Span[start.._at]))
        {
            _at = start;
            var headers = new Dictionary<string, string>();
            for (var count = ReadNumber(); count > 0; count--)
                headers.Add(ReadText(), ReadText());

            _texts.Headers.Keep(_pack.Span[start.._at], headers);
        }

        return _texts.Headers.Value;
    }

    private void SkipTexts(int count)
    {
        for (; count > 0; count--)
            Take(ReadNumber());
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
    private static ModelEvent Complete(ModelEvent one, ReadOnlySpan<byte> generated)
    {
        var key = one.Key == PendingValues.Text ? Encoding.UTF8.GetString(Next(ref generated)) : one.Key;
        var body = new ArrayBufferWriter<byte>(one.Body.Length + generated.Length + 1);
        var rest = one.Body.Span;
        for (var place = rest.IndexOf((byte)0); place >= 0; place = rest.IndexOf((byte)0))
        {
            body.Write(rest[..place]);
            body.Write(Next(ref generated));
            rest = rest[(place + 1)..];
        }

        body.Write(rest);
        return one with { Key = key, Body = body.WrittenMemory };
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> generated)
    {
        var end = generated.IndexOf((byte)',');
        var value = end < 0 ? generated : generated[..end];
        generated = end < 0 ? [] : generated[(end + 1)..];
        return value;
    }
}
