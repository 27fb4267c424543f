using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Wal;

/// <summary>What an administrator sees of replication slots and does to them.</summary>
internal static class Slots
{
    /// <summary>The name of the database's slot, or <see langword="null"/> if it has none.</summary>
    public static Task<string?> SlotAsync(this TestDatabase database) => database.ScalarAsync<string>(
        "SELECT slot_name::text FROM pg_replication_slots WHERE database = current_database()");

    /// <summary>Drops the database's slot, taking it away from whoever reads from it.</summary>
    public static async Task DropSlotAsync(this TestDatabase database)
    {
        var slot = await database.SlotAsync();
        await Eventually.TrueAsync(() => TryDropAsync(database, slot!), () => "somebody always reads from the slot");
    }

    private static async Task<bool> TryDropAsync(TestDatabase database, string slot)
    {
        try
        {
            await database.ExecuteAsync(
                $"""
                SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE slot_name = '{slot}';
                SELECT pg_drop_replication_slot('{slot}')
                """);
            return true;
        }
        catch (Npgsql.PostgresException taken) when (taken.SqlState == Npgsql.PostgresErrorCodes.ObjectInUse)
        {
            return false;
        }
    }
}
