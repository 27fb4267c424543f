namespace ModelEvents.Outbox;

/// <summary>What the database says of a table whose rows are wanted.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Exists">Whether there is such a table.</param>
/// <param name="IsPublished">Whether the publication has it.</param>
/// <param name="CanChange">
/// Whether the server accepts updates and deletes of it once it is published: it needs some replica identity for them.
/// </param>
/// <param name="NotFull">Itself and its partitions, as SQL names them, as far as their replica identity is not whole rows.</param>
/// <param name="Oid">What tells it from one of the same name that was there before; 0 if there is none.</param>
/// <param name="IsFiltered">Whether the publication leaves out some of its rows or columns.</param>
internal sealed record LoggedTable(
    string Schema,
    string Name,
    bool Exists,
    bool IsPublished,
    bool CanChange,
    IReadOnlyList<string> NotFull,
    uint Oid,
    bool IsFiltered)
{
    /// <summary>Whether it is exactly as another look has found it.</summary>
    public bool IsAs(LoggedTable other) => this with { NotFull = other.NotFull } == other && NotFull.SequenceEqual(other.NotFull);

    /// <summary>Its name in SQL.</summary>
    public string Sql => $"{Quote(Schema)}.{Quote(Name)}";

    public override string ToString() => $"{Schema}.{Name}";

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
