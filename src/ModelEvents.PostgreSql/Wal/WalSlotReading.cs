using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>Reads the row that <see cref="WalSlot.LookAsync"/> asks for.</summary>
internal static class WalSlotReading
{
    /// <param name="row">The row.</param>
    /// <param name="session">The server's process as the connection knows it, which poolers make up.</param>
    public static WalSlotState Read(NpgsqlDataReader row, int session) => new(
        row.GetString(0),
        row.GetBoolean(1),
        row.GetBoolean(2),
        row.GetFieldValue<NpgsqlLogSequenceNumber>(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        !row.IsDBNull(5) && row.GetString(5) == "lost",
        row.IsDBNull(6) ? null : row.GetInt32(6),
        row.IsDBNull(7) ? null : row.GetFieldValue<NpgsqlLogSequenceNumber>(7),
        row.IsDBNull(8) ? null : row.GetInt64(8),
        row.IsDBNull(9) ? null : row.GetString(9),
        row.GetInt32(10) != session);
}
