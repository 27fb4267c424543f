using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ModelEvents;

/// <summary>
/// The one source of event ids: UUIDs of version 7 (https://www.rfc-editor.org/rfc/rfc9562#section-5.7), so that ids of one
/// process sort by time. Made for one save and one thread: randomness is fetched for many ids at a time, which is where
/// most of an id's cost is.
/// </summary>
internal sealed class EventIds(TimeProvider time)
{
    private const int Size = 16;
    private const int Most = 64;

    private readonly long _milliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
    private byte[] _random = [];
    private int _used;

    public Guid Next()
    {
        if (_used == _random.Length)
            Refill();

        var id = _random.AsSpan(_used, Size);
        _used += Size;
        BinaryPrimitives.WriteInt64BigEndian(id, (_milliseconds << 16) | BinaryPrimitives.ReadUInt16BigEndian(id[6..]));
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>One id first, as most saves need no more, then twice as many each time.</summary>
    private void Refill()
    {
        var count = Math.Min(Most, Math.Max(1, _random.Length / Size * 2));
        _random = new byte[count * Size];
        RandomNumberGenerator.Fill(_random);
        _used = 0;
    }
}
