using System.Collections.Concurrent;
using ModelEvents.LogCapture;
using Npgsql;
using Npgsql.Replication.PgOutput;
using NpgsqlTypes;

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
            return LogRow.Absent;

        try
        {
            return await ReadValueAsync(value, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfValue(exception))
        {
            var stored = await ReadStoredAsync(value, cancellationToken).ConfigureAwait(false);
            return new UnreadableValue($"The column '{value.GetFieldName()}' cannot be read: {exception.Message}", stored);
        }
    }

    protected abstract ValueTask<object?> ReadValueAsync(ReplicationValue value, CancellationToken cancellationToken);

    /// <summary>The value as the driver takes it by itself, to be compared; unless a part of it was read already.</summary>
    private static async ValueTask<object?> ReadStoredAsync(ReplicationValue value, CancellationToken cancellationToken)
    {
        try
        {
            // An interval of months is no TimeSpan.
            return value.GetDataTypeName() == "interval"
                ? await value.Get<NpgsqlInterval>(cancellationToken).ConfigureAwait(false)
                : await value.Get(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfValue(exception))
        {
            return await ReadBytesAsync(value, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the log has of a value that the driver does not know, such as one of a type that a user made.</summary>
    private static async ValueTask<object?> ReadBytesAsync(ReplicationValue value, CancellationToken cancellationToken)
    {
        try
        {
            var stream = value.GetStream();
            await using var closing = stream.ConfigureAwait(false);
            var bytes = new byte[value.Length];
            await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            return bytes;
        }
        catch (Exception exception) when (IsOfValue(exception))
        {
            return null;
        }
    }

    /// <summary>Whether the value is to blame, and not the connection or a shutdown.</summary>
    private static bool IsOfValue(Exception exception) =>
        exception is not (NpgsqlException or IOException or OperationCanceledException or ObjectDisposedException);

    private static ColumnReader Make(Type type) =>
        (ColumnReader)Activator.CreateInstance(typeof(ColumnReader<>).MakeGenericType(type))!;
}
