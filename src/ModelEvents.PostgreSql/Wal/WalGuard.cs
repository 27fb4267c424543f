using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Refuses saves whose events nobody would ever read: the slot keeps no messages that are older than it is. Asks once per
/// database and process, and again after there is reason for doubt.
/// </summary>
internal sealed class WalGuard
{
    private const string Look =
        "SELECT confirmed_flush_lsn, wal_status = 'lost' FROM pg_replication_slots WHERE slot_name = $1";

    private readonly ConcurrentDictionary<string, bool> _seen = [];

    /// <summary>Throws if the slot keeps no events. On the save's own connection, which is open.</summary>
    public void Check(DbContext context, WalNames names)
    {
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        if (_seen.ContainsKey(connection.Database))
            return;

        ThrowUnlessKept(connection, names);
        _seen[connection.Database] = true;
    }

    /// <summary>Lets the next save ask again, as the slot may be gone.</summary>
    public void Doubt() => _seen.Clear();

    private static void ThrowUnlessKept(NpgsqlConnection connection, WalNames names)
    {
        var slot = names.SlotIn(connection.Database);
        using var look = new NpgsqlCommand(Look, connection);
        look.Parameters.Add(new NpgsqlParameter<string> { TypedValue = slot });
        using var reader = look.ExecuteReader();

        if (!reader.Read())
            throw WalSlotErrors.Missing(names, connection.Database);

        if (reader.IsDBNull(0))
            throw WalSlotErrors.InTheMaking(slot);

        if (!reader.IsDBNull(1) && reader.GetBoolean(1))
            throw WalSlotErrors.Lost(slot, reader.GetFieldValue<NpgsqlLogSequenceNumber>(0));
    }
}
