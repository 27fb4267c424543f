using System.Text;
using ModelEvents.Publishing;

namespace ModelEvents.Outbox;

/// <summary>
/// Reads the contents of messages in the log. Whoever may log in to the database can write one, of up to a gigabyte: no more
/// of it is taken into memory than ModelEvents itself would write.
/// </summary>
internal static class WalMessages
{
    /// <summary>Why a message was not read.</summary>
    public const string TooLarge = "A message is larger than ModelEvents writes any.";

    // What the writer puts into a message, and one event beyond that: brokers take none of that size.
    private const int Most = EventPackWriter.SizeOfMessage + (256 << 20);

    // It becomes a header: with one byte more than is published of one, so that it says that it was cut.
    private const int MostOfOrigin = HeaderCut.MostBytes + 1;

    /// <summary>All of a message, or its first bytes where it is too large; and its length.</summary>
    public static async Task<(byte[] Bytes, long Length)> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        var length = content.Length;
        var bytes = await ReadAsync(content, length > Most ? PackUnpacker.MostKept : length, cancellationToken)
            .ConfigureAwait(false);
        return (bytes, length);
    }

    /// <summary>Who did it, or as much of that as shows that it is longer than a header may be.</summary>
    public static async Task<string> ReadOriginAsync(Stream content, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(content, Math.Min(content.Length, MostOfOrigin), cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes).Replace('\0', ' ');
    }

    private static async Task<byte[]> ReadAsync(Stream content, long count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await content.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }
}
