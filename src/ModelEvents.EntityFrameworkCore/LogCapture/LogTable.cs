namespace ModelEvents.LogCapture;

/// <summary>A table as the log describes it before its first row, and again after each change of its columns.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns, in the order of a row's values.</param>
/// <param name="IsPartitioned">Whether its rows are in partitions, between which they may move.</param>
internal sealed record LogTable(
    string Schema, string Name, IReadOnlyList<LogColumn> Columns, bool IsPartitioned = false)
{
    /// <summary>Whether it is the same: what was found out of it is kept by it, also from one session to the next.</summary>
    public bool Equals(LogTable? other) =>
        ReferenceEquals(this, other) || (other is not null && IsPartitioned == other.IsPartitioned && IsAs(other));

    public override int GetHashCode() => HashCode.Combine(Schema, Name);

    /// <summary>Whether another description says the same of its columns.</summary>
    public bool IsAs(LogTable other) =>
        (Schema, Name) == (other.Schema, other.Name) && Columns.SequenceEqual(other.Columns);
}
