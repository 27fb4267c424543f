using System.Globalization;
using System.Text;

namespace ModelEvents;

/// <summary>
/// Text of which every character can be shown: what names, logs and attributes of CloudEvents are made of
/// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system). Others are written as <c>%0A</c>.
/// </summary>
internal static class PlainText
{
    // Of a text in a log.
    private const int MostOfLog = 200;

    public static bool Is(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~') || HasOnlyPlainRunes(text);

    public static string Of(string text) => Is(text) ? text : Escape(text);

    /// <summary>A text of others in a log: in one line, and no longer than one wants to read.</summary>
    public static string InLog(string text) =>
        Of(text.Length <= MostOfLog ? text : $"{text.AsSpan(0, MostOfLog)}… ({text.Length} characters)");

    private static bool HasOnlyPlainRunes(string text)
    {
        for (var index = 0; index < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, index, out var rune) || !IsPlain(rune))
                return false;
            index += rune.Utf16SequenceLength;
        }

        return true;
    }

    /// <summary>Half of a surrogate pair becomes U+FFFD, as in UTF-8.</summary>
    private static string Escape(string text)
    {
        var plain = new StringBuilder(text.Length + 8);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsPlain(rune))
            {
                plain.Append(rune.ToString());
                continue;
            }

            foreach (var part in bytes[..rune.EncodeToUtf8(bytes)])
                plain.Append('%').Append(part.ToString("X2", CultureInfo.InvariantCulture));
        }

        return plain.ToString();
    }

    private static bool IsPlain(Rune rune) =>
        !Rune.IsControl(rune) && (rune.Value & 0xFFFE) != 0xFFFE && rune.Value is not (>= 0xFDD0 and <= 0xFDEF);
}
