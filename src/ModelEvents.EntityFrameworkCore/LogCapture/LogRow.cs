namespace ModelEvents.LogCapture;

/// <summary>One row that a committed statement inserted, updated or deleted.</summary>
/// <param name="Plan">Its table, and how its values were read.</param>
/// <param name="Action">What happened to it.</param>
/// <param name="Before">
/// The values before, in the order of the plan's columns, where the replica identity gives them: all of them if
/// <paramref name="IsWholeBefore"/>, else those of the identity alone, and <see cref="Absent"/> for the others.
/// </param>
/// <param name="After">The values after; <see langword="null"/> for a delete. May hold <see cref="Absent"/>.</param>
/// <param name="IsWholeBefore">Whether <paramref name="Before"/> is the whole row.</param>
/// <param name="Position">
/// The first number of the row's place in the log: grows within the transaction and with every change of one row, and never
/// repeats. At least <see cref="LogNumbers.Room"/> numbers are its own.
/// </param>
internal sealed record LogRow(
    RowPlan Plan, ChangeAction Action, object?[]? Before, object?[]? After, bool IsWholeBefore, long Position)
{
    /// <summary>Which of its transaction's rows it is.</summary>
    public int Ordinal { get; init; }

    /// <summary>
    /// In place of a value that the log does not have: of a column outside of the replica identity before a change, or of a
    /// large one, stored out of line, that an update left alone.
    /// </summary>
    public static readonly object Absent = new();
}
