using System.Buffers;

namespace ModelEvents.Outbox;

/// <summary>
/// Bytes of packs, in an array that is lent: those of a large save would be a large object each time.
/// </summary>
internal sealed class PackBuffer(int size) : IBufferWriter<byte>
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(size);

    public int Length { get; private set; }

    /// <summary>What was written. Complete once nothing more is: a larger array may take this one's place.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>
    /// Gives the array back, when nothing reads it any more. After an error a driver may still: then it is left to the
    /// garbage collector.
    /// </summary>
    public void Return()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Grow(int sizeHint)
    {
        if (_bytes.Length - Length >= Math.Max(1, sizeHint))
            return;

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _bytes.Length, Length + sizeHint));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
