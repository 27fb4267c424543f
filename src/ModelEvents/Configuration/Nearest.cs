using ModelEvents.Models;

namespace ModelEvents.Configuration;

/// <summary>Suggests what was probably meant by a name that is not known.</summary>
internal static class Nearest
{
    private const int MostListed = 12;
    private const int ShortestPart = 4;

    /// <summary>
    /// The second sentence of a mistake: the nearest of <paramref name="known"/>, or else what there is.
    /// </summary>
    public static string Hint(string name, IEnumerable<string> known, string knownAre)
    {
        var names = known.ToList();
        return Suggestion(name, names) ?? Listing(names, knownAre);
    }

    /// <summary>The nearest of <paramref name="known"/>, if one is near.</summary>
    public static string? Suggestion(string name, IEnumerable<string> known)
    {
        var ranked = Sorted(known).ConvertAll(candidate => (Name: candidate, Distance: Distance(name, candidate)));
        if (ranked.Count == 0)
            return null;

        var least = ranked.Min(candidate => candidate.Distance);
        var nearest = ranked.Where(candidate => candidate.Distance == least).Select(candidate => candidate.Name);
        return least <= Math.Max(2, name.Length / 3) && least * 2 <= name.Length
            ? $"Did you mean {Quote(nearest, "or")}?"
            : null;
    }

    /// <summary>What there is.</summary>
    public static string Listing(IEnumerable<string> known, string knownAre)
    {
        var names = Sorted(known);
        if (names.Count == 0)
            return $"{knownAre} none.";

        var listed = Quote(names.Take(MostListed), "and");
        return names.Count > MostListed ? $"{knownAre} {listed} and others." : $"{knownAre} {listed}.";
    }

    /// <summary>The names in quotes, as an enumeration.</summary>
    public static string Quote(IEnumerable<string> names, string lastWord)
    {
        var quoted = names.Select(name => $"'{name}'").ToList();
        return quoted.Count < 2
            ? string.Concat(quoted)
            : $"{string.Join(", ", quoted.SkipLast(1))} {lastWord} {quoted[^1]}";
    }

    private static List<string> Sorted(IEnumerable<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];

    private static int Distance(string name, string candidate)
    {
        var segments = TypeNames.Segments(name);
        var wanted = string.Join('.', segments);
        var tail = string.Join('.', TypeNames.Segments(candidate).TakeLast(segments.Length));
        var isPart = wanted.Length >= ShortestPart && tail.Contains(wanted, StringComparison.Ordinal);
        return isPart ? 1 : Levenshtein(wanted, tail);
    }

    private static int Levenshtein(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= other.Length; j++)
            {
                var substituted = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
