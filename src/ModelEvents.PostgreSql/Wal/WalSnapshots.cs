using Microsoft.Extensions.Logging;
using ModelEvents.Diagnostics;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>Takes snapshots of the database whose log is read, on a connection that is kept while they follow each other.</summary>
internal sealed class WalSnapshots(WalSlot slot, HealthConditions health, ILogger logger) : IAsyncDisposable
{
    // The first one also makes sure that it is that server: what another has committed under a number is something else.
    private const string TakeFirst =
        """
        SELECT pg_current_snapshot()::text, active_pid FROM (SELECT) AS server
        LEFT JOIN pg_replication_slots ON slot_name = $1
        """;

    private const string Take = "SELECT pg_current_snapshot()::text";
    private const string Look = "SELECT sync_state = 'sync' FROM pg_stat_replication WHERE pid = $1";

    private readonly string _condition = $"awaited:{slot.Name}";
    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _take;

    /// <summary>The server's process that sends the log.</summary>
    public int Sender { get; set; }

    /// <summary>Takes one. A connection that was lost meanwhile is replaced once.</summary>
    public async Task<WalSnapshot> TakeAsync(CancellationToken cancellationToken)
    {
        if (_take is null)
            return await TakeFirstAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            var text = await _take.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return WalSnapshot.Parse((string)text!);
        }
        catch (NpgsqlException)
        {
            await CloseAsync().ConfigureAwait(false);
            return await TakeFirstAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Throws where commits wait for the reader of the log, which waits for them.</summary>
    public async Task ThrowIfAwaitedAsync(CancellationToken cancellationToken)
    {
        using var look = new NpgsqlCommand(Look, _connection);
        look.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Sender });
        if (await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            return;

        var awaited = WalSlotErrors.Awaited(slot.Name);
        if (health.Begin(_condition, HealthConditionKind.Fails, awaited.Message))
            Log.ReaderIsAwaited(logger, awaited.Message);
        throw awaited;
    }

    /// <summary>Says that what was read has become visible.</summary>
    public void Shown() => health.End(_condition);

    /// <summary>Gives the connection back, until the next one is taken.</summary>
    public async Task CloseAsync()
    {
        if (_connection is not { } connection)
            return;

        _take?.Dispose();
        (_connection, _take) = (null, null);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async Task<WalSnapshot> TakeFirstAsync(CancellationToken cancellationToken)
    {
        _connection = new NpgsqlConnection(slot.ConnectionString);
        await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var first = new NpgsqlCommand(TakeFirst, _connection);
        first.Parameters.Add(new NpgsqlParameter<string> { TypedValue = slot.Name });
        var reader = await first.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (reader.IsDBNull(1) || reader.GetInt32(1) != Sender)
            throw new InvalidOperationException(
                $"The replication slot '{slot.Name}' is not read by this process any more, or another server answers.");

        _take = new NpgsqlCommand(Take, _connection);
        return WalSnapshot.Parse(reader.GetString(0));
    }
}
