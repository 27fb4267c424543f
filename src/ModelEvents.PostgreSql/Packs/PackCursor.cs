using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using ModelEvents.Bodies;

namespace ModelEvents.Outbox;

/// <summary>A place in a pack, and the bytes, numbers and texts from there on.</summary>
internal struct PackCursor(ReadOnlyMemory<byte> pack)
{
    private const int MostBitsOfNumber = 35;

    public int At { get; set; }

    public readonly int Left => pack.Length - At;

    /// <summary>What was not read.</summary>
    public readonly ReadOnlySpan<byte> Rest => pack.Span[At..];

    /// <summary>What was read from there on.</summary>
    public readonly ReadOnlySpan<byte> Since(int start) => pack.Span[start..At];

    public byte ReadByte() => Take(1)[0];

    public int ReadNumber()
    {
        var number = 0L;
        for (var shift = 0; shift < MostBitsOfNumber; shift += 7)
        {
            var part = ReadByte();
            number |= (long)(part & 0x7F) << shift;
            if (part <= 0x7F && number <= int.MaxValue)
                return (int)number;
        }

        ThrowMalformed("a number is too large");
        return 0;
    }

    /// <summary>A text without NUL, which PostgreSQL could not keep.</summary>
    public string ReadText(int least = 0, int most = int.MaxValue)
    {
        var length = ReadNumber();
        var text = ReadUtf8(length);
        if (length < least || length > most || text.Contains('\0', StringComparison.Ordinal))
            ThrowMalformed("a text is longer or shorter than it can be, or has a NUL");

        return text;
    }

    /// <summary>A text, or the place of a generated one.</summary>
    public string ReadKey()
    {
        var key = ReadUtf8(ReadNumber());
        if (key != PendingValues.Text && key.Contains('\0', StringComparison.Ordinal))
            ThrowMalformed("a key has a NUL");

        return key;
    }

    public ReadOnlyMemory<byte> ReadBody()
    {
        var length = ReadNumber();
        Take(length);
        return pack[(At - length)..At];
    }

    public void SkipTexts(long count)
    {
        if (count > Left)
            ThrowMalformed($"it has no room for {count} texts");

        for (; count > 0; count--)
            Take(ReadNumber());
    }

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > Left)
            ThrowMalformed($"{length} bytes are wanted where {Left} are left");

        At += length;
        return pack.Span[(At - length)..At];
    }

    [DoesNotReturn]
    public readonly void ThrowMalformed(string why) => throw new InvalidDataException(
        $"A pack of events cannot be read at byte {At} of {pack.Length}: {why}.");

    private string ReadUtf8(int length)
    {
        var bytes = Take(length);
        if (!Utf8.IsValid(bytes))
            ThrowMalformed("a text is not UTF-8");

        return Encoding.UTF8.GetString(bytes);
    }
}
