using Npgsql;
using static ModelEvents.Outbox.LockedConnection;

namespace ModelEvents.Outbox;

/// <summary>
/// Reads and ends events on a session's connection. By prepared statements: planning one takes longer than running it.
/// </summary>
internal sealed class EventStore(LockedConnection connection)
{
    private const int MaxErrorLength = 2000;

    private (string Json, IReadOnlyDictionary<string, string> Parsed)? _headers;

    public async Task<List<OutboxEntry>> ClaimAsync(
        LaneSet lanes, int maxOfLane, int max, CancellationToken cancellationToken)
    {
        using var command = connection.Command(
            connection.Sql.Claim, Value(lanes.ToArray()), Value(maxOfLane), Value(max));
        await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        var entries = new List<OutboxEntry>();

        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            entries.Add(new OutboxEntry(ReadEvent(reader), reader.GetInt32(1)));

        return entries;
    }

    public async Task CompleteAsync(
        IReadOnlyList<ModelEvent> published, IReadOnlyList<FailedEvent> failed, CancellationToken cancellationToken)
    {
        using var batch = connection.Batch();

        if (published.Count > 0)
            batch.BatchCommands.Add(Delete(published));

        if (failed.Count > 0)
            batch.BatchCommands.Add(Fail(failed));

        if (batch.BatchCommands.Count == 0)
            return;

        await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private NpgsqlBatchCommand Delete(IReadOnlyList<ModelEvent> published) =>
        new(connection.Sql.Delete)
        {
            Parameters =
            {
                Value(published.Select(one => one.Lane).ToArray()),
                Value(published.Select(one => one.Sequence).ToArray()),
            },
        };

    private NpgsqlBatchCommand Fail(IReadOnlyList<FailedEvent> failed) =>
        new(connection.Sql.Fail)
        {
            Parameters =
            {
                Value(failed.Select(one => one.Event.Lane).ToArray()),
                Value(failed.Select(one => one.Event.Sequence).ToArray()),
                Value(failed.Select(one => Math.Max(1, one.Attempts)).ToArray()),
                Value(failed.Select(one => Shorten(one.Error)).ToArray()),
                Value(failed.Select(one => one.RetryAfter?.TotalSeconds).ToArray()),
            },
        };

    // PostgreSQL refuses NUL in text.
    private static string Shorten(string error) =>
        (error.Length > MaxErrorLength ? error[..MaxErrorLength] : error).Replace('\0', ' ');

    private ModelEvent ReadEvent(NpgsqlDataReader reader) => new()
    {
        Sequence = reader.GetInt64(0),
        Id = reader.GetGuid(2),
        Name = reader.GetString(3),
        Service = reader.GetString(4),
        Model = reader.GetString(5),
        Key = reader.GetString(6),
        Body = reader.GetFieldValue<byte[]>(8),
        Headers = Headers(reader.GetString(9)),
        OccurredAt = new DateTimeOffset(reader.GetDateTime(10)),
    };

    // Events of a bulk save have the same headers, and come one after the other.
    private IReadOnlyDictionary<string, string> Headers(string json)
    {
        if (_headers?.Json != json)
            _headers = (json, EventHeaders.FromJson(json));

        return _headers.Value.Parsed;
    }
}
