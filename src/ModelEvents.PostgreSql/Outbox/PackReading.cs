using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>What one read of the table has brought.</summary>
/// <param name="Packs">The packs, in the order of their ids.</param>
/// <param name="IsCut">Whether there may be more.</param>
/// <param name="Oldest">The oldest transaction that ran before the read.</param>
/// <param name="Next">A number that no transaction had before the read, if it was asked for.</param>
internal sealed record PackReading(IReadOnlyList<(long Id, byte[] Events)> Packs, bool IsCut, long Oldest, long? Next)
{
    // Bodies may be large: what comes after so many bytes is left for the next read.
    private const int MostBytes = 16 << 20;

    public static PackReading None { get; } = new([], false, 0, null);

    /// <summary>Reads the result of <see cref="OutboxSql.Read"/>.</summary>
    public static async Task<PackReading> ReadAsync(
        NpgsqlDataReader reader, int limit, CancellationToken cancellationToken)
    {
        var packs = new List<(long, byte[])>();
        var (bytes, oldest, next) = (0, 0L, 0L);
        while (bytes < MostBytes && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            (oldest, next) = (reader.GetInt64(0), reader.GetInt64(1));
            if (reader.IsDBNull(2))
                break;

            var events = reader.GetFieldValue<byte[]>(3);
            packs.Add((reader.GetInt64(2), events));
            bytes += events.Length;
        }

        return new PackReading(packs, packs.Count == limit || bytes >= MostBytes, oldest, next > 0 ? next : null);
    }
}
