using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Refuses saves whose events nobody would ever read: messages that are older than the slot are not in it. Asks once per
/// database and process.
/// </summary>
internal sealed class WalGuard
{
    private readonly ConcurrentDictionary<string, bool> _seen = [];

    /// <summary>Throws if the slot does not exist. On the save's own connection, which is open.</summary>
    public void Check(DbContext context, WalNames names)
    {
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        if (_seen.ContainsKey(connection.Database))
            return;

        using var exists = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)", connection);
        exists.Parameters.Add(new NpgsqlParameter<string> { TypedValue = names.SlotIn(connection.Database) });

        if (exists.ExecuteScalar() is not true)
            throw WalSlot.Missing(names, connection.Database);

        _seen[connection.Database] = true;
    }
}
