using System.Buffers;

namespace ModelEvents.Capture;

/// <summary>
/// The bodies of one save's events until the outbox has copied them, in arrays that are lent: one for each body would be a
/// third of what the save's events allocate.
/// </summary>
internal sealed class LentBodies
{
    private const int FirstSize = 1 << 14;
    private const int LastSize = 1 << 20;

    private readonly List<byte[]> _arrays = [];
    private int _size = FirstSize;
    private int _used;

    /// <summary>Copies a body.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> body)
    {
        if (_arrays.Count == 0 || _arrays[^1].Length - _used < body.Length)
            Grow(body.Length);

        var kept = _arrays[^1].AsMemory(_used, body.Length);
        body.CopyTo(kept.Span);
        _used += body.Length;
        return kept;
    }

    /// <summary>
    /// Gives the arrays back, when nothing reads the bodies any more. After an error somebody may still: then they are left to
    /// the garbage collector.
    /// </summary>
    public void Return()
    {
        foreach (var array in _arrays)
            ArrayPool<byte>.Shared.Return(array);
        _arrays.Clear();
    }

    private void Grow(int atLeast)
    {
        _arrays.Add(ArrayPool<byte>.Shared.Rent(Math.Max(_size, atLeast)));
        _size = Math.Min(2 * _size, LastSize);
        _used = 0;
    }
}
