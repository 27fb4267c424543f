namespace ModelEvents.LogCapture;

/// <summary>
/// Rows of the log in, events out: what a reader of a database's log gives its rows to. One for each captured context.
/// </summary>
internal interface IRowCapture
{
    /// <summary>The tables whose rows are wanted by the model list in force. Empty if no model is captured from the log.</summary>
    IReadOnlyCollection<WantedTable> Tables { get; }

    /// <summary>
    /// Says how rows of a table are to be read; asked at its first row and after each change of its columns.
    /// Returns <see langword="null"/> if none of them is wanted.
    /// </summary>
    RowPlan? Plan(LogTable table);

    /// <summary>
    /// Makes the events of rows that followed each other in one transaction, in order. An event has a
    /// sequence (<see cref="LogTransaction.Numbers"/>) and an id that is the same whenever it is read again. Some models need a look at the
    /// database: a link's owner, for example, is not in the log. Must not be called again before it has ended.
    /// </summary>
    ValueTask<LogEvents> CaptureAsync(
        IReadOnlyList<LogRow> rows, LogTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the events of a table's <c>TRUNCATE</c>: one for each listed model whose instances were its rows, each as of a row
    /// of its own.
    /// </summary>
    IReadOnlyList<ModelEvent> Truncated(
        LogTable table, LogTransaction transaction, Func<(int Ordinal, long Position)> nextRow);
}
