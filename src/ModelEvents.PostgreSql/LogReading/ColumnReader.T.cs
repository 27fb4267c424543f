using Npgsql.Replication.PgOutput;

namespace ModelEvents.Outbox;

/// <inheritdoc />
internal sealed class ColumnReader<T> : ColumnReader
{
    protected override async ValueTask<object?> ReadValueAsync(ReplicationValue value, CancellationToken cancellationToken) =>
        await value.Get<T>(cancellationToken).ConfigureAwait(false);
}
