using System.Globalization;
using System.Text;

namespace ModelEvents.Testing;

/// <summary>What was recorded, as a table for a person to read.</summary>
internal static class RecordedTable
{
    private const int MostRows = 100;
    private const int LongestBody = 100;

    private static readonly string[] Titles = ["#", "name", "model", "key", "state", "body"];

    public static string Of(IReadOnlyList<RecordedEvent> events)
    {
        if (events.Count == 0)
            return "Nothing was recorded.";

        var rows = events.Take(MostRows).Select(Cells).Prepend(Titles).ToList();
        var widths = Titles.Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        var text = new StringBuilder("Recorded:");
        foreach (var row in rows)
            text.AppendLine().Append(' ').AppendJoin("  ", row.Select((cell, column) => cell.PadRight(widths[column])));

        if (events.Count > MostRows)
            text.AppendLine().Append(CultureInfo.InvariantCulture, $" and {events.Count - MostRows} more");
        return text.ToString();
    }

    private static string[] Cells(RecordedEvent recorded, int index) =>
    [
        $"{index + 1}",
        recorded.Name,
        recorded.Model,
        recorded.Key,
        recorded.State switch
        {
            RecordedState.Committed => "committed",
            RecordedState.RolledBack => "rolled back",
            _ => "saved",
        },
        Shortened(recorded.Body.Span),
    ];

    private static string Shortened(ReadOnlySpan<byte> body)
    {
        // A character is at most 4 bytes; one that the cut goes through is beyond what is shown.
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, (LongestBody + 1) * 4)]).ReplaceLineEndings(" ");
        return text.Length <= LongestBody ? text : $"{text[..LongestBody]}...";
    }
}
