using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Links = System.Collections.Generic.Dictionary<string, System.Collections.Generic.Dictionary<string, string[]>>;

namespace ModelEvents.Publishing;

/// <summary>
/// Shortens the headers that data has made large. All headers of a message must find room in one frame, which is 128 KiB
/// unless a broker is set to less: RabbitMQ closes the connection over a larger one.
/// </summary>
internal static class HeaderCut
{
    /// <summary>The most bytes of UTF-8 of a header's value.</summary>
    public const int MostBytes = 8 << 10;

    private const string Ellipsis = "…";

    // An ellipsis and, behind a key, a hash.
    private const int RoomForEnd = 80;

    public static bool IsTooLong(string value) =>
        value.Length > MostBytes / 3 && Encoding.UTF8.GetByteCount(value) > MostBytes;

    /// <summary>What stands in the place of a value that is too long.</summary>
    public static string Of(string header, string value) => header switch
    {
        // Else a name that is missing would mean that the property is unchanged.
        EventHeaders.Changed => "*",
        EventHeaders.Links => OfLinks(value),

        // Keys must not become alike: consumers keep order and drop what is late by them.
        EventHeaders.Key => OfText(value) + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value))),
        _ => OfText(value),
    };

    private static string OfText(string value)
    {
        Span<byte> kept = stackalloc byte[MostBytes - RoomForEnd];
        Utf8.FromUtf16(value, kept, out var read, out _);
        return value[..read] + Ellipsis;
    }

    /// <summary>As many keys of each list as find room; each has the same room.</summary>
    private static string OfLinks(string json)
    {
        // Others than ModelEvents may have written it.
        if (Read(json) is not { } links)
            return OfText(json);

        var lists = links.Values.Sum(link => link.Count);
        var room = (MostBytes - JsonSerializer.Serialize(With(links, _ => [])).Length) / Math.Max(1, lists);
        var cut = JsonSerializer.Serialize(With(links, keys => FirstOf(keys, room)));
        return IsTooLong(cut) ? OfText(json) : cut;
    }

    private static Links? Read(string json)
    {
        try
        {
            var links = JsonSerializer.Deserialize<Links>(json);
            return links?.Values.All(link => link?.Values.All(keys => keys?.Contains(null) == false) == true) == true ? links : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Links With(Links links, Func<string[], string[]> keys) => links.ToDictionary(
        link => link.Key, link => link.Value.ToDictionary(list => list.Key, list => keys(list.Value)));

    private static string[] FirstOf(string[] keys, int room)
    {
        // Two quotes and a comma.
        const int Around = 3;
        return [.. keys.TakeWhile(key => (room -= JsonEncodedText.Encode(key).EncodedUtf8Bytes.Length + Around) >= 0)];
    }
}
