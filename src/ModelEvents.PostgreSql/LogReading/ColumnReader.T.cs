using System.Buffers.Binary;
using Npgsql.Replication.PgOutput;

namespace ModelEvents.Outbox;

/// <inheritdoc />
internal sealed class ColumnReader<T> : ColumnReader
{
    protected override async ValueTask<object?> ReadValueAsync(ReplicationValue value, CancellationToken cancellationToken) =>
        typeof(T) == typeof(uint) && value.GetPostgresType().Name == "regdictionary"
            ? await ReadIdAsync(value, cancellationToken).ConfigureAwait(false)
            : await value.Get<T>(cancellationToken).ConfigureAwait(false);

    /// <summary>EF Core's provider maps it as an id, as which the driver writes it, but does not read it.</summary>
    private static async ValueTask<uint> ReadIdAsync(ReplicationValue value, CancellationToken cancellationToken)
    {
        var id = new byte[sizeof(uint)];
        var stored = value.GetStream();
        await using var closing = stored.ConfigureAwait(false);
        await stored.ReadExactlyAsync(id, cancellationToken).ConfigureAwait(false);
        return BinaryPrimitives.ReadUInt32BigEndian(id);
    }
}
