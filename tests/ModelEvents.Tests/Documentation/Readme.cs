using System.Reflection;
using System.Text.RegularExpressions;

namespace ModelEvents.Tests.Documentation;

/// <summary>The README and the sample's files, which are built into this assembly.</summary>
internal static partial class Readme
{
    public static string Text { get; } = TextOf("README.md");

    /// <summary>The code blocks that name their source, each with what stands there.</summary>
    public static TheoryData<string, string, string> Snippets()
    {
        var snippets = new TheoryData<string, string, string>();
        foreach (Match match in Snippet().Matches(Text))
            snippets.Add(match.Groups["file"].Value, match.Groups["region"].Value, match.Groups["code"].Value);
        return snippets;
    }

    /// <summary>A file, or what is between <c>// &lt;region&gt;</c> and <c>// &lt;/region&gt;</c>, not indented.</summary>
    public static string Source(string file, string region)
    {
        var lines = TextOf(file).TrimEnd().Split('\n');
        if (region.Length == 0)
            return string.Join('\n', lines);

        var start = Array.FindIndex(lines, line => line.Trim() == $"// <{region}>");
        var end = Array.FindIndex(lines, line => line.Trim() == $"// </{region}>");
        var indent = lines[start].IndexOf('/', StringComparison.Ordinal);
        return string.Join('\n', lines[(start + 1)..end].Select(line => line.Length > indent ? line[indent..] : ""));
    }

    /// <summary>The code block with the given text in it.</summary>
    public static string CodeBlock(string text) =>
        Text.Split("```").Single(block => block.Contains($"\"{text}\"", StringComparison.Ordinal))["json".Length..];

    /// <summary>The first two cells of each row of the table that begins with the given header.</summary>
    public static Dictionary<string, string> Table(string header) =>
        Text[Text.IndexOf(header, StringComparison.Ordinal)..].Split('\n')
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|'))
            .ToDictionary(cells => cells[1].Trim(' ', '`'), cells => cells[2].Trim(' ', '`'));

    private static string TextOf(string file)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(
        """<!-- source: (?<file>\S+) ?(?<region>\w*) -->\n```\w+\n(?<code>.*?)\n```""", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
