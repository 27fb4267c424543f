using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>What is wrong with a slot that keeps no events, or not all of them, and what to do.</summary>
internal static class WalSlotErrors
{
    public static InvalidOperationException Missing(WalNames names, string database) => new(
        $"The replication slot '{names.SlotIn(database)}' does not exist: events would be lost. Start a process that " +
        $"dispatches, with 'ModelEvents:Wal:CreateSlot' on, or run \"CREATE PUBLICATION {names.Prefix}\" and then " +
        $"\"SELECT pg_create_logical_replication_slot('{names.SlotIn(database)}', '{WalSlot.Plugin}')\".");

    public static InvalidOperationException MayNotReplicate(string slot) => new(
        $"The role of the connection to '{slot}' may not replicate. Run \"ALTER ROLE ... REPLICATION\" (on Amazon RDS and Aurora " +
        "\"GRANT rds_replication TO ...\"), or name another role in 'ModelEvents:Wal:ConnectionString'.");

    public static InvalidOperationException Pooled(string slot) => new(
        $"The connection to '{slot}' goes through a pooler, behind which nobody can tell who reads the slot. Name the server " +
        "itself in 'ModelEvents:Wal:ConnectionString'.");

    /// <summary>What is committed until it is there again cannot be read.</summary>
    public static InvalidOperationException Unpublished(WalNames names) => new(
        $"The publication '{names.Prefix}' does not exist: nothing can be read, and what is committed now is possibly lost. Call " +
        $"'IModelEventLog.SetUpAsync', or run \"CREATE PUBLICATION {names.Prefix}\".");

    public static InvalidOperationException OfAnother(WalNames names, string noted, WalOwner owner) => new(
        $"The publication '{names.Prefix}' and its slot belong to another service of this database ('{noted}'): each would take " +
        "the other's events. Give this one its own with 'ModelEvents:Wal:Slot'; or, if it is the same service and its name or " +
        $"its outbox table has changed, run \"{owner.Note(names.Prefix)}\".");

    /// <summary>The server waits for transactions that were open before, and keeps nothing that is committed until then.</summary>
    public static InvalidOperationException InTheMaking(string slot) => new(
        $"The replication slot '{slot}' is being made: events would be lost. Save again when the transactions are over " +
        "that were open before; pg_stat_activity shows them.");

    public static InvalidOperationException Awaited(string slot) => new(
        $"The server takes the reader of the replication slot '{slot}' for a synchronous standby: commits would wait for it, " +
        "and it waits for them. Name the standbys in 'synchronous_standby_names', without '*'.");

    public static string Leftover(string slot) =>
        $"Nobody reads the replication slot '{slot}', which is left from delivery from the log: events of processes with " +
        "'Delivery: Wal' wait in it, and the server keeps its log for it. Start one of them to publish what waits, then run " +
        $"\"SELECT pg_drop_replication_slot('{slot}')\".";

    public static InvalidOperationException Lost(string slot, NpgsqlLogSequenceNumber? confirmed) => new(
        $"The replication slot '{slot}' is lost: the server deleted log that it needed ('max_slot_wal_keep_size') and with " +
        $"it, possibly, events after {confirmed}. Publish those again by hand, then run " +
        $"\"SELECT pg_drop_replication_slot('{slot}')\" to go on with a new slot.");
}
