namespace ModelEvents.Outbox;

/// <summary>
/// The lanes that one worker of a dispatcher serves: those whose number leaves <paramref name="Index"/> when divided by
/// <paramref name="Count"/>. Workers of one process have slices that do not overlap.
/// </summary>
/// <param name="Index">The worker's number, from 0 to <paramref name="Count"/> - 1.</param>
/// <param name="Count">The number of workers.</param>
public readonly record struct LaneSlice(int Index, int Count)
{
    /// <summary>Every lane, for a single worker.</summary>
    public static LaneSlice All { get; } = new(0, 1);

    /// <summary>The handler whose events the worker serves, or <see langword="null"/> for those that go to the broker.</summary>
    internal string? Handler { get; init; }

    /// <summary>Whether <paramref name="lane"/> belongs to this slice.</summary>
    public bool Contains(short lane) => lane % Count == Index;
}
