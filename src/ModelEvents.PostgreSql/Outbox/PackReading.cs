using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>What one read of the table has brought.</summary>
/// <param name="Packs">The packs, in the order of their ids.</param>
/// <param name="IsCut">Whether there may be more.</param>
/// <param name="Oldest">The oldest transaction that ran before the read; 0 where there were no gaps.</param>
/// <param name="Next">A number that no transaction had before the read, if it was asked for.</param>
internal sealed record PackReading(IReadOnlyList<(long Id, byte[] Events)> Packs, bool IsCut, long Oldest, long? Next)
{
    /// <summary>Bodies may be large: what comes after so many bytes is left for the next read.</summary>
    public const int MostBytes = 16 << 20;

    public static PackReading None { get; } = new([], false, 0, null);

    /// <summary>Reads the results of the statements that <see cref="LeaderConnection"/> has run.</summary>
    public static async Task<PackReading> ReadAsync(
        NpgsqlDataReader reader, bool hasGaps, int limit, CancellationToken cancellationToken)
    {
        var (oldest, next) = (0L, 0L);
        if (hasGaps)
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            (oldest, next) = (reader.GetInt64(0), reader.GetInt64(1));
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        var packs = new List<(long, byte[])>();
        var bytes = 0;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var events = reader.GetFieldValue<byte[]>(1);
            packs.Add((reader.GetInt64(0), events));
            bytes += events.Length;
        }

        return new PackReading(packs, packs.Count == limit || bytes >= MostBytes, oldest, next > 0 ? next : null);
    }
}
