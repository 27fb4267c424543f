using System.Buffers.Binary;
using System.Text;

namespace ModelEvents.LogCapture;

/// <summary>
/// Ids of events from the log: UUIDs of version 7 by their transaction's commit, the same whenever a row is read again, so
/// that an inbox knows a redelivery for what it is.
/// </summary>
internal readonly struct RowIds
{
    private const int Size = 16;

    private readonly long _milliseconds;
    private readonly ulong _seed;

    /// <param name="source">Tells one log from another: the ids of two never meet.</param>
    /// <param name="transaction">The rows' transaction.</param>
    public RowIds(ulong source, LogTransaction transaction)
    {
        _milliseconds = transaction.CommittedAt.ToUnixTimeMilliseconds();
        _seed = Mix(Mix(source ^ transaction.Id) ^ (ulong)transaction.CommittedAt.UtcTicks);
    }

    /// <summary>A number for a source's name.</summary>
    public static ulong SourceOf(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var letter in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ letter) * 0x100000001B3;
        return hash;
    }

    /// <summary>The id of a row's event.</summary>
    /// <param name="position">Where the row stands in the log.</param>
    /// <param name="index">Which of its events it is.</param>
    public Guid Of(long position, int index)
    {
        Span<byte> id = stackalloc byte[Size];
        var tail = Mix(_seed ^ (ulong)position ^ ((ulong)index << 56));
        var middle = (ushort)Mix(tail + _seed);
        BinaryPrimitives.WriteInt64BigEndian(id, (_milliseconds << 16) | middle);
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], tail);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    // SplitMix64's finalizer: no two numbers give the same.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
