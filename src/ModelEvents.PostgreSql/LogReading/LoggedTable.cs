namespace ModelEvents.Outbox;

/// <summary>What the database says of a table whose rows are wanted.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Exists">Whether there is such a table.</param>
/// <param name="IsPublished">Whether the publication has it.</param>
/// <param name="CanChange">
/// Whether the server accepts updates and deletes of it once it is published: it, or each partition, needs some replica identity
/// for them.
/// </param>
/// <param name="NotFull">Itself and its partitions, as SQL names them, as far as their replica identity is not whole rows.</param>
/// <param name="Lacking">
/// Itself or its partitions, as far as the replica identity does not tell which instance a row was, and the columns that it lacks.
/// </param>
/// <param name="Oid">What tells it from one of the same name that was there before; 0 if there is none.</param>
/// <param name="IsFiltered">Whether the publication leaves out some of its rows or columns.</param>
internal sealed record LoggedTable(
    string Schema,
    string Name,
    bool Exists,
    bool IsPublished,
    bool CanChange,
    IReadOnlyList<string> NotFull,
    IReadOnlyList<LackingPart> Lacking,
    uint Oid,
    bool IsFiltered)
{
    /// <summary>Whether it is exactly as another look has found it.</summary>
    public bool IsAs(LoggedTable other) => this with { NotFull = other.NotFull, Lacking = other.Lacking } == other
        && NotFull.SequenceEqual(other.NotFull) && Lacking.SequenceEqual(other.Lacking);

    /// <summary>Whether all changes of it are in the stream.</summary>
    public bool IsSeen => this is { Exists: true, IsPublished: true, IsFiltered: false };

    /// <summary>Whether nothing is amiss with it.</summary>
    public bool IsFit => this is { IsSeen: true, CanChange: true, Lacking.Count: 0 };

    /// <summary>Its name in SQL.</summary>
    public string Sql => $"{Quote(Schema)}.{Quote(Name)}";

    public override string ToString() => $"{Schema}.{Name}";

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>A table, or a partition of one, whose replica identity does not tell which instance a row was.</summary>
/// <param name="Part">Its name, as SQL names it.</param>
/// <param name="Columns">The columns that it lacks, quoted.</param>
internal sealed record LackingPart(string Part, string Columns);
