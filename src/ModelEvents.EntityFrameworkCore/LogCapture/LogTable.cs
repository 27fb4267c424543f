namespace ModelEvents.LogCapture;

/// <summary>A table as the log describes it before its first row, and again after each change of its columns.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns, in the order of a row's values.</param>
internal sealed record LogTable(string Schema, string Name, IReadOnlyList<LogColumn> Columns);
