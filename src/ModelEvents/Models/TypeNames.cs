namespace ModelEvents.Models;

/// <summary>
/// Finds things by their full name or a tail of it. Segments compare without regard to case and underscores, so that
/// <c>test_app.StatusModel</c> finds <c>TestApp.StatusModel</c>.
/// </summary>
internal static class TypeNames
{
    /// <summary>A type's full name, with dots for nested types too.</summary>
    public static string Of(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    /// <summary>The candidates that <paramref name="name"/> means; more than one where it is ambiguous.</summary>
    public static IReadOnlyList<T> Find<T>(IEnumerable<T> candidates, Func<T, string> nameOf, string name)
    {
        var wanted = Segments(name);
        var matches = candidates.Where(candidate => EndsWith(Segments(nameOf(candidate)), wanted)).ToList();
        if (matches.Count < 2)
            return matches;

        var exact = matches.Where(match => nameOf(match) == name).ToList();
        var full = matches.Where(match => Segments(nameOf(match)).Length == wanted.Length).ToList();
        return exact is [_] ? exact : full.Count > 0 ? full : matches;
    }

    /// <summary>Whether <paramref name="tail"/> is <paramref name="name"/>, or a tail of it.</summary>
    public static bool EndsWith(string name, string tail) => EndsWith(Segments(name), Segments(tail));

    /// <summary>A name's segments as they are compared.</summary>
    public static string[] Segments(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant().Split('.', '+');

    private static bool EndsWith(string[] name, string[] tail) =>
        name.Length >= tail.Length && name.AsSpan(name.Length - tail.Length).SequenceEqual(tail);
}
