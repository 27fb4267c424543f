using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Refuses saves whose events nobody would ever read: the slot keeps no messages that are older than it is. Asks on each new
/// connection, as another server may answer there, once in a while per database and process, and after there is reason for
/// doubt.
/// </summary>
internal sealed class WalGuard(TimeProvider time)
{
    /// <summary>For how long an answer holds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const string Look =
        """
        SELECT confirmed_flush_lsn, wal_status = 'lost', EXISTS (SELECT FROM pg_publication WHERE pubname = $2)
        FROM pg_replication_slots WHERE slot_name = $1
        """;

    // Connections come and go; who is forgotten is asked about again.
    private const int MostConnections = 1000;

    private readonly ConcurrentDictionary<string, long> _asked = [];
    private readonly ConcurrentDictionary<(string Database, int Process), bool> _connections = [];
    private volatile bool _isShared;

    /// <summary>Throws if the slot keeps no events. On the save's own connection, which is open.</summary>
    public void Check(NpgsqlConnection connection, WalNames names)
    {
        if (!IsToAsk(connection))
            return;

        try
        {
            using var look = LookAt(connection, names);
            using var reader = look.ExecuteReader();
            ThrowUnlessKept(reader, reader.Read(), connection, names);
        }
        catch
        {
            Doubt();
            throw;
        }

        Kept(connection);
    }

    /// <inheritdoc cref="Check"/>
    public async ValueTask CheckAsync(NpgsqlConnection connection, WalNames names, CancellationToken cancellationToken)
    {
        if (!IsToAsk(connection))
            return;

        try
        {
            using var look = LookAt(connection, names);
            var reader = await look.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            ThrowUnlessKept(reader, await reader.ReadAsync(cancellationToken).ConfigureAwait(false), connection, names);
        }
        catch
        {
            Doubt();
            throw;
        }

        Kept(connection);
    }

    /// <summary>Lets the next save ask again, as the slot may be gone.</summary>
    public void Doubt() => _asked.Clear();

    /// <summary>Where it is time to ask again one save does so for all.</summary>
    private bool IsToAsk(NpgsqlConnection connection)
    {
        var database = connection.Database;
        if (!_asked.TryGetValue(database, out var asked) || !_connections.ContainsKey((database, SessionOf(connection))))
            return true;

        return time.GetElapsedTime(asked) >= Interval && _asked.TryUpdate(database, time.GetTimestamp(), asked);
    }

    private void Kept(NpgsqlConnection connection)
    {
        if (_connections.Count >= MostConnections)
            _connections.Clear();
        _connections[(connection.Database, SessionOf(connection))] = true;
        _asked[connection.Database] = time.GetTimestamp();
    }

    /// <summary>The session of a connection, or 0 once any had none between transactions, as where sessions are shared by multiplexing.</summary>
    private int SessionOf(NpgsqlConnection connection)
    {
        if (_isShared)
            return 0;

        try
        {
            return connection.ProcessID;
        }
        catch (InvalidOperationException)
        {
            _isShared = true;
            return 0;
        }
    }

    private static NpgsqlCommand LookAt(NpgsqlConnection connection, WalNames names) => new(Look, connection)
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = names.SlotIn(connection.Database) },
            new NpgsqlParameter<string> { TypedValue = names.Prefix },
        },
    };

    private static void ThrowUnlessKept(NpgsqlDataReader row, bool any, NpgsqlConnection connection, WalNames names)
    {
        if (!any)
            throw WalSlotErrors.Missing(names, connection.Database);

        if (row.IsDBNull(0))
            throw WalSlotErrors.InTheMaking(names.SlotIn(connection.Database));

        if (!row.IsDBNull(1) && row.GetBoolean(1))
            throw WalSlotErrors.Lost(
                names.SlotIn(connection.Database), row.GetFieldValue<NpgsqlLogSequenceNumber>(0));

        if (!row.GetBoolean(2))
            throw WalSlotErrors.Unpublished(names);
    }
}
