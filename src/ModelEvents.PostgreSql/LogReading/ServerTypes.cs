using System.Collections.Concurrent;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Lets the connections that read the log learn of types that were made after the first of them was opened: Npgsql asks the
/// server for its types once for each connection string.
/// </summary>
internal sealed class ServerTypes
{
    // The driver's own name of the setting; it has no property for it.
    private const string ReplicationMode = "Replication Mode";

    private readonly ConcurrentDictionary<uint, bool> _missed = [];
    private volatile bool _isStale;

    /// <summary>
    /// Notes a type that the driver does not know. Returns whether it is worth asking the server; only once for each type, as
    /// it may have been dropped since.
    /// </summary>
    public bool TryMiss(uint type) => _missed.TryAdd(type, true) && (_isStale = true);

    /// <summary>Asks the server for its types if one was missed. To be called before the log is read.</summary>
    public async Task RefreshAsync(string connectionString, CancellationToken cancellationToken)
    {
        if (!_isStale)
            return;

        // As a replication connection changes it: the types belong to the connection string.
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            Enlist = false,
            Multiplexing = false,
            KeepAlive = 0,
        };
        settings[ReplicationMode] = "Logical";
        var connection = new NpgsqlConnection(settings.ToString());
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await connection.ReloadTypesAsync(cancellationToken).ConfigureAwait(false);
        _isStale = false;
    }
}
