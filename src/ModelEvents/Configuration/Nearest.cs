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
        var ranked = known.Distinct()
            .Order(StringComparer.Ordinal)
            .Select(candidate => (Name: candidate, Distance: Distance(name, candidate)))
            .ToList();

        if (ranked.Count == 0)
            return $"{knownAre} none.";

        var least = ranked.Min(candidate => candidate.Distance);
        var nearest = ranked.Where(candidate => candidate.Distance == least).Select(candidate => candidate.Name);
        if (least <= Math.Max(2, name.Length / 3) && least * 2 <= name.Length)
            return $"Did you mean {Quote(nearest, "or")}?";

        var names = Quote(ranked.Take(MostListed).Select(candidate => candidate.Name), "and");
        return ranked.Count > MostListed ? $"{knownAre} {names} and others." : $"{knownAre} {names}.";
    }

    /// <summary>The names in quotes, as an enumeration.</summary>
    public static string Quote(IEnumerable<string> names, string lastWord)
    {
        var quoted = names.Select(name => $"'{name}'").ToList();
        return quoted.Count < 2
            ? string.Concat(quoted)
            : $"{string.Join(", ", quoted.SkipLast(1))} {lastWord} {quoted[^1]}";
    }

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
