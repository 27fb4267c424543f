namespace ModelEvents.Models;

/// <summary>
/// Finds things by their full name or a tail of it. Segments compare without regard to case and underscores, so that
/// <c>test_app.StatusModel</c> finds <c>TestApp.StatusModel</c>. A generic type may be named without its arguments.
/// </summary>
internal static class TypeNames
{
    /// <summary>
    /// A type's full name, with dots for nested types too, and short names of type arguments:
    /// <c>Shop.Audit&lt;Order&gt;</c>.
    /// </summary>
    public static string Of(Type type)
    {
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return string.Join('.', (open.FullName ?? open.Name).Split('+', '.').Select(WithoutArity)) + Arguments(type);
    }

    /// <summary>A type's name without what it is nested in and without type arguments: <c>Audit</c>.</summary>
    public static string ShortOf(Type type) => WithoutArity(type.Name);

    /// <summary>The same of a model, which EF Core may have a name for.</summary>
    public static string ShortOf(Type type, string? entityName) => entityName?.Split('.', '+')[^1] ?? ShortOf(type);

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

    /// <summary>A name's segments as they are compared, the last one with its type arguments.</summary>
    public static string[] Segments(string name)
    {
        var compared = WithoutArity(name).Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)
            .ToUpperInvariant();
        var arguments = compared.IndexOf('<', StringComparison.Ordinal) is var found and >= 0 ? found : compared.Length;
        var segments = compared[..arguments].Split('.', '+');
        segments[^1] += compared[arguments..];
        return segments;
    }

    private static bool EndsWith(string[] name, string[] tail) =>
        name.Length >= tail.Length
        && name.AsSpan(name.Length - tail.Length, tail.Length - 1).SequenceEqual(tail.AsSpan(..^1))
        && (name[^1] == tail[^1] || name[^1].StartsWith(tail[^1] + '<', StringComparison.Ordinal));

    private static string Arguments(Type type) => type.IsGenericType
        ? $"<{string.Join(", ", type.GetGenericArguments().Select(argument => ShortOf(argument) + Arguments(argument)))}>"
        : "";

    // 'Audit`1', or as reflection writes it 'Audit`1[[...]]'.
    private static string WithoutArity(string name) =>
        name.IndexOf('`', StringComparison.Ordinal) is var arity and >= 0 ? name[..arity] : name;
}
