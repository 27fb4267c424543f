using System.Text.RegularExpressions;
using ModelEvents.Models;

namespace ModelEvents.Capture;

/// <summary>Recognizes statements that write to one table of a listed model.</summary>
/// <remarks>
/// A look at the text, not a parser: it is run for bulk and raw statements only, and errs on the side of telling.
/// </remarks>
internal sealed class WrittenTable(ListedModel model, string table, string? schema)
{
    private readonly Regex _write = new(Pattern(table, schema), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public ListedModel Model => model;

    public bool IsWrittenBy(string sql) => _write.IsMatch(sql);

    private static string Pattern(string table, string? schema)
    {
        const string Open = "[\"`\\[]?", Close = "[\"`\\]]?";
        var owner = schema is null ? $"(?:{Open}\\w+{Close}\\.)?" : $"(?:{Open}{Regex.Escape(schema)}{Close}\\.)?";
        var name = $"{owner}{Open}{Regex.Escape(table)}{Close}(?![\\w\"`\\]])";
        var verbs = @"(?:INSERT\s+INTO|UPDATE|DELETE(?:\s+FROM)?|MERGE(?:\s+INTO)?|TRUNCATE(?:\s+TABLE)?)";
        // SQL Server writes "UPDATE [o] SET ... FROM [Orders] AS [o]".
        var aliased = $@"\b(?:UPDATE|DELETE\s+FROM)\s+\[(?<alias>\w+)\][\s\S]*?\bFROM\s+{name}\s+AS\s+\[\k<alias>\]";
        return $@"\b{verbs}\s+(?:ONLY\s+)?{name}|{aliased}";
    }
}
