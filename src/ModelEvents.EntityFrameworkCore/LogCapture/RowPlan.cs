namespace ModelEvents.LogCapture;

/// <summary>How the rows of one table, as it is now, are read.</summary>
/// <param name="Table">The table.</param>
/// <param name="Types">
/// For each column the type to read its value as, or <see langword="null"/> if nobody wants it.
/// </param>
internal record RowPlan(LogTable Table, IReadOnlyList<Type?> Types)
{
    /// <summary>How many events a row may have.</summary>
    public virtual int EventsOfRow => 1;
}
