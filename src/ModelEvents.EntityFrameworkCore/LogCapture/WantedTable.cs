namespace ModelEvents.LogCapture;

/// <summary>A table whose rows are wanted.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Identity">
/// The columns that tell which instance of which model a row is, or is part of: the log must have them also of the row before an
/// update or delete.
/// </param>
internal sealed record WantedTable(string Schema, string Name, IReadOnlyList<string> Identity);
