namespace ModelEvents.LogCapture;

/// <summary>
/// Gives the events of one transaction's rows their sequences: numbers of its commit record. A link, or an owned row in a
/// table of its own, may be written before those of a transaction that is committed first, as it locks no row of its owner.
/// The numbers are the same whenever the log is read again, and no other event has them.
/// </summary>
/// <param name="commit">The first number of the commit record.</param>
internal sealed class LogNumbers(long commit)
{
    /// <summary>How many numbers a row has for its events at least.</summary>
    public const int Room = 8;

    /// <summary>The most rows of a transaction whose events have such numbers.</summary>
    public const int MostRows = (Bytes << Shift) / Room;

    // Each byte of the log is so many numbers, as a power of two.
    private const int Shift = 8;

    // What a commit record has at least: the header, the time and the marks between.
    // https://doxygen.postgresql.org/structXLogRecord.html
    private const int Bytes = 32;

    /// <summary>Those of a transaction of which nothing but the rows' positions is known.</summary>
    public static LogNumbers OfRows { get; } = new(0) { AreOfRows = true };

    /// <summary>
    /// Whether events have the numbers of their rows' records, as in a transaction that is not read at once: its commit record
    /// may have too few. Such a number may be lower than one that was given before of another transaction.
    /// </summary>
    public bool AreOfRows { get; private set; }

    /// <summary>The first number of a position in the log.</summary>
    public static long Of(ulong position) => (long)(position << Shift);

    /// <summary>The position in the log that a number belongs to.</summary>
    public static ulong PositionOf(long number) => (ulong)number >> Shift;

    /// <summary>
    /// Says that the transaction is not read at once; before any number is given, as those of rows are lower than those of the
    /// commit.
    /// </summary>
    public void IsLarge() => AreOfRows = true;

    /// <summary>The sequence of an event.</summary>
    /// <param name="position">The first number of its row's record.</param>
    /// <param name="ordinal">Which of the transaction's rows it is.</param>
    /// <param name="index">Which of the row's events. One that may have more than <see cref="Room"/> counts as several rows.</param>
    public long Of(long position, int ordinal, int index) =>
        AreOfRows ? position + index : commit + (ordinal * Room) + index;
}
