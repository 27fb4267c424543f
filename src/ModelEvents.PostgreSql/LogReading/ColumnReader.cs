using System.Collections.Concurrent;
using ModelEvents.LogCapture;
using Npgsql;
using Npgsql.Replication.PgOutput;

namespace ModelEvents.Outbox;

/// <summary>Reads the values of a column as one type. Made once for each type.</summary>
internal abstract class ColumnReader
{
    private static readonly ConcurrentDictionary<Type, ColumnReader> Readers = [];

    /// <summary>The reader of a type; of the one below for <see cref="Nullable{T}"/>, as nulls are no values of it.</summary>
    public static ColumnReader Of(Type type) => Readers.GetOrAdd(Nullable.GetUnderlyingType(type) ?? type, Make);

    /// <summary>The value, or an <see cref="UnreadableValue"/> where it has none of that type.</summary>
    public async ValueTask<object?> ReadAsync(ReplicationValue value, CancellationToken cancellationToken)
    {
        if (value.IsDBNull)
            return null;

        if (value.IsUnchangedToastedValue)
            return LogRow.Unchanged;

        try
        {
            return await ReadValueAsync(value, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfValue(exception))
        {
            return new UnreadableValue($"The column '{value.GetFieldName()}' cannot be read: {exception.Message}");
        }
    }

    protected abstract ValueTask<object?> ReadValueAsync(ReplicationValue value, CancellationToken cancellationToken);

    /// <summary>Whether the value is to blame, and not the connection or a shutdown.</summary>
    private static bool IsOfValue(Exception exception) =>
        exception is not (NpgsqlException or IOException or OperationCanceledException or ObjectDisposedException);

    private static ColumnReader Make(Type type) =>
        (ColumnReader)Activator.CreateInstance(typeof(ColumnReader<>).MakeGenericType(type))!;
}
