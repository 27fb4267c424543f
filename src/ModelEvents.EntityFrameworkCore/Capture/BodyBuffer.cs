using System.Buffers;
using System.Text.Json;
using ModelEvents.Bodies;

namespace ModelEvents.Capture;

/// <summary>
/// A buffer and a writer for bodies, kept from save to save of one thread: making and growing them would be most of what
/// the event of a small save allocates.
/// </summary>
internal sealed class BodyBuffer : IDisposable
{
    private const int MostKept = 1 << 20;

    [ThreadStatic]
    private static BodyBuffer? _free;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    private BodyBuffer() => Writer = new Utf8JsonWriter(_bytes, BodyJson.WriterOptions);

    public Utf8JsonWriter Writer { get; }

    /// <summary>One that nobody else has: a serializer may save in its turn.</summary>
    public static BodyBuffer Rent()
    {
        var buffer = _free ?? new BodyBuffer();
        _free = null;
        return buffer;
    }

    /// <summary>What was written since the last time, in an array of its own unless it can be <paramref name="lent"/>.</summary>
    public ReadOnlyMemory<byte> Take(LentBodies? lent = null)
    {
        Writer.Flush();
        var body = lent?.Keep(_bytes.WrittenSpan) ?? _bytes.WrittenSpan.ToArray();
        _bytes.ResetWrittenCount();
        Writer.Reset();
        return body;
    }

    /// <summary>Forgets what was written since the last time.</summary>
    public void Discard()
    {
        _bytes.ResetWrittenCount();
        Writer.Reset();
    }

    /// <summary>Gives it back. Not one whose serializer threw, and not for ever one that had to grow for a large body.</summary>
    public void Dispose()
    {
        if (_bytes.WrittenCount == 0 && Writer.BytesPending == 0 && _bytes.Capacity <= MostKept)
            _free = this;
    }
}
