using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ModelEvents.Rules.Services;

/// <summary>
/// Takes care of texts that no database holds, and that some refuse in a query too: with U+0000, or half of a surrogate pair.
/// </summary>
internal static class StoredText
{
    /// <summary>The text to look for; an empty one, which no rule has as its name or type, where it cannot be there.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? OrNone(string? text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (rest[0] == '\0' || Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
                return "";

            rest = rest[length..];
        }

        return text;
    }
}
