using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Tables;

namespace ModelEvents.Outbox;

/// <summary>The outbox table and, where lanes are leased in a table, that one.</summary>
internal sealed record OutboxTables : AddedTables
{
    /// <summary>The table's name, or <see langword="null"/> while nobody has asked for the table.</summary>
    public string? Table { get; init; }

    /// <summary>Whether lanes are leased in a table of their own.</summary>
    public bool LeasesInTable { get; init; } = true;

    /// <summary>What one provider's outbox adds to the table's mapping.</summary>
    public Action<IMutableEntityType>? Refine { get; init; }

    public override void AddTo(IMutableModel model)
    {
        if (Table is null)
            return;

        AddOutbox(model, Table);

        if (LeasesInTable)
            AddLeases(model, Table);
    }

    private void AddOutbox(IMutableModel model, string table)
    {
        var row = AddTable(model, typeof(OutboxRow), table);
        Property(row, nameof(OutboxRow.Id)).ValueGenerated = ValueGenerated.OnAdd;

        row.SetPrimaryKey(Property(row, nameof(OutboxRow.Id)));
        row.AddIndex([Property(row, nameof(OutboxRow.Lane)), Property(row, nameof(OutboxRow.Id))]);
        row.AddIndex(Property(row, nameof(OutboxRow.Attempts))).SetFilter("attempts > 0");
        Refine?.Invoke(row);
    }

    private void AddLeases(IMutableModel model, string table)
    {
        var lease = AddTable(model, typeof(LaneLease), table + "_leases");
        Property(lease, nameof(LaneLease.Slot)).ValueGenerated = ValueGenerated.Never;
        lease.SetPrimaryKey(Property(lease, nameof(LaneLease.Slot)));
    }
}
