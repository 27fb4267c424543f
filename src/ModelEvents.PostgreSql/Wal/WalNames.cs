using System.Security.Cryptography;
using System.Text;

namespace ModelEvents.Outbox;

/// <summary>What a context's part of the write-ahead log is called: messages, publication, slot.</summary>
internal sealed class WalNames(string first, Type contextType)
{
    // PostgreSQL's NAMEDATALEN, without its NUL.
    private const int MaxLength = 63;

    /// <summary>The prefix of the context's messages, and the name of its publication.</summary>
    public string Prefix { get; } = Shorten($"{first}_{contextType.Name}");

    /// <summary>The slot's name. Slots of all databases of a server share one set of names.</summary>
    public string SlotIn(string database) => Shorten($"{first}_{contextType.Name}_{database}");

    /// <summary>Lower-case letters, digits and underscores, as slots demand; with a hash where anything is lost.</summary>
    private static string Shorten(string name)
    {
        var plain = string.Concat(name.ToLowerInvariant().Select(letter => MayBe(letter) ? letter : '_'));
        if (plain.Length <= MaxLength && name.All(MayBe))
            return plain;

        var hash = $"_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}";
        return plain[..Math.Min(plain.Length, MaxLength - hash.Length)] + hash;
    }

    private static bool MayBe(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';
}
