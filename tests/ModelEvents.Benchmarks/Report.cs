using System.Globalization;
using System.Text;

namespace ModelEvents.Benchmarks;

/// <summary>The figures of a run, as one Markdown table with a column for each side.</summary>
internal sealed class Report(IReadOnlyList<Side> sides)
{
    private readonly StringBuilder _table = Begin(sides);

    /// <summary>Adds a figure, and prints it for whoever is waiting.</summary>
    public void Add(string figure, string limit, params (Side Side, string Value)[] values)
    {
        var cells = sides.Select(side => values.FirstOrDefault(value => value.Side == side).Value ?? "");
        var line = string.Create(CultureInfo.InvariantCulture, $"| {figure} | {limit} | {string.Join(" | ", cells)} |");
        _table.AppendLine(line);
        Console.WriteLine(line);
    }

    public void Print(string machine)
    {
        Console.WriteLine();
        Console.Write(_table);
        Console.WriteLine();
        Console.WriteLine(machine);
    }

    public static string Ratio(double value, double reference) =>
        string.Create(CultureInfo.InvariantCulture, $"{value / reference:F2}");

    private static StringBuilder Begin(IReadOnlyList<Side> sides) => new StringBuilder()
        .AppendLine(CultureInfo.InvariantCulture, $"| | limit | {string.Join(" | ", sides.Select(side => side.Name))} |")
        .AppendLine(CultureInfo.InvariantCulture, $"| --- | --- |{string.Concat(sides.Select(_ => " --- |"))}");
}
