namespace ModelEvents.LogCapture;

/// <summary>
/// Names as PostgreSQL keeps them, which cuts those off that are too long, at the end of a character.
/// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
/// </summary>
internal static class StoredName
{
    private const int MostBytes = 63;

    public static string Of(string name)
    {
        var (bytes, length) = (0, 0);
        foreach (var character in name.EnumerateRunes())
        {
            bytes += character.Utf8SequenceLength;
            if (bytes > MostBytes)
                return name[..length];
            length += character.Utf16SequenceLength;
        }

        return name;
    }
}
