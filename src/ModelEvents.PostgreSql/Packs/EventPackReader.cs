using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ModelEvents.Bodies;
using ModelEvents.Handlers;
using ModelEvents.Models;

namespace ModelEvents.Outbox;

/// <summary>
/// Reads what <see cref="EventPackWriter"/> wrote. Bodies stay where they are in the pack. Others than ModelEvents may have
/// written it: nothing in it is believed before it was checked, and no array is larger than the bytes that are there.
/// </summary>
internal ref struct EventPackReader
{
    // A byte, the id, and the lengths of key and body.
    private const int LeastOfEvent = 19;

    // An exchange's name has the service's and 7 bytes more.
    private const int MostOfService = EventNames.MaxBytes - 7;

    private readonly PackTexts _texts;
    private readonly long _position;
    private PackCursor _in;
    private bool _hasTargets;

    private EventPackReader(ReadOnlyMemory<byte> pack, long position, PackTexts texts) =>
        (_in, _position, _texts) = (new PackCursor(pack), position, texts);

    /// <summary>
    /// The events of the pack at <paramref name="position"/>: its row's id, or where it begins in the log. The n-th has that
    /// position plus n as its sequence. Ids leave room for that, and no other pack begins before this one ends.
    /// </summary>
    /// <param name="pack">What <see cref="EventPackWriter"/> wrote.</param>
    /// <param name="position">Where it stands.</param>
    /// <param name="texts">Texts of packs that were read before, which are often the same.</param>
    /// <param name="most">The most events that it may have.</param>
    /// <exception cref="InvalidDataException">It is not a pack, or not of a version that is known here.</exception>
    public static ModelEvent[] Read(
        ReadOnlyMemory<byte> pack, long position, PackTexts texts, int most = int.MaxValue)
    {
        var reader = new EventPackReader(pack, position, texts);
        return reader.ReadPack(most);
    }

    private ModelEvent[] ReadPack(int most)
    {
        var version = _in.ReadByte();
        _hasTargets = version == EventPackWriter.VersionWithTargets;
        if (version != EventPackWriter.Version && !_hasTargets)
            throw new InvalidDataException(
                $"A pack of events has the format '{version}', which a later version of ModelEvents wrote, or another program. " +
                "Update this process.");

        var count = _in.ReadNumber();
        if (count == 0 || count > most || count > _in.Left / LeastOfEvent)
            ThrowMalformed($"it cannot have {count} events");

        var events = new ModelEvent[count];
        for (var i = 0; i < events.Length; i++)
            events[i] = ReadEvent(i, i > 0 ? events[i - 1] : null);

        if (_in.Left > 0 || events[^1].Key == PendingValues.Text)
            Complete(ref events[^1], count);

        return events;
    }

    private ModelEvent ReadEvent(int number, ModelEvent? before)
    {
        var isAlike = _in.ReadByte();
        if (isAlike > (before is null ? 0 : 1))
            ThrowMalformed($"the mark {isAlike} is unknown");

        var id = new Guid(_in.Take(16), bigEndian: true);
        if (id == Guid.Empty)
            ThrowMalformed("an event has no id");

        if (isAlike == 1)
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
                Key = _in.ReadKey(),
                Body = _in.ReadBody(),
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
            OccurredAt = ReadTime(),
            Headers = ReadHeaders(),
            Key = _in.ReadKey(),
            Body = _in.ReadBody(),
            Sequence = _position + number,
        };
    }

    private EventTargets? ReadTargets()
    {
        var start = _in.At;
        _in.SkipTexts(_in.ReadNumber() / 2);
        if (!_texts.Targets.Holds(_in.Since(start)))
        {
            _in.At = start;
            var number = _in.ReadNumber();
            var handlers = new string[number / 2];
            for (var i = 0; i < handlers.Length; i++)
                handlers[i] = _in.ReadText(1, EventNames.MaxBytes * 4);

            if (number == 0 || handlers.Distinct(StringComparer.Ordinal).Count() < handlers.Length
                || Array.Exists(handlers, handler => handler.Length > HandlerType.MaxNameLength))
                ThrowMalformed("an event goes nowhere, or to handlers that cannot be");

            _texts.Targets.Keep(_in.Since(start), number == 1 ? null : new EventTargets(number % 2 == 1, handlers));
        }

        return _texts.Targets.Value;
    }

    private (string Name, string Service, string Model) ReadNames()
    {
        var start = _in.At;
        _in.SkipTexts(3);
        if (!_texts.Names.Holds(_in.Since(start)))
        {
            _in.At = start;
            var names = (_in.ReadText(1, EventNames.MaxBytes), _in.ReadText(0, MostOfService), _in.ReadText());
            _texts.Names.Keep(_in.Since(start), names);
        }

        return _texts.Names.Value;
    }

    private DateTimeOffset ReadTime()
    {
        var ticks = BinaryPrimitives.ReadInt64BigEndian(_in.Take(8));
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
            ThrowMalformed("a time is none");

        return new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private IReadOnlyDictionary<string, string> ReadHeaders()
    {
        var start = _in.At;
        _in.SkipTexts(2L * _in.ReadNumber());
        if (!_texts.Headers.Holds(_in.Since(start)))
        {
            _in.At = start;
            var headers = new Dictionary<string, string>();
            for (var count = _in.ReadNumber(); count > 0; count--)
            {
                if (!headers.TryAdd(_in.ReadText(), _in.ReadText()))
                    ThrowMalformed("a header is there twice");
            }

            _texts.Headers.Keep(_in.Since(start), headers);
        }

        return _texts.Headers.Value;
    }

    private readonly void Complete(ref ModelEvent last, int count)
    {
        if (count > 1 || !GeneratedValues.TryPut(_in.Rest, ref last))
            ThrowMalformed("what follows the last event is not what the database generated for it");
    }

    [DoesNotReturn]
    private readonly void ThrowMalformed(string why) => _in.ThrowMalformed(why);
}
