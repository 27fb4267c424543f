using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Handlers;
using ModelEvents.Tables;

namespace ModelEvents.Outbox;

/// <summary>The outbox table, and beside it that of packs or of leased lanes.</summary>
internal sealed record OutboxTables(string Table) : AddedTables
{
    public const string DefaultTable = "model_events_outbox";

    /// <summary>Whether events are appended in packs; the table of single events then has those that are set aside.</summary>
    public bool HasPacks { get; init; }

    /// <summary>What adds the same tables to a model that is built elsewhere.</summary>
    public string ModelBuilderCall => HasPacks ? "AddModelEventsPostgreSqlOutbox" : "AddModelEventsOutbox";

    public override Type Row => typeof(OutboxRow);

    /// <summary>What one provider's outbox adds to the mapping.</summary>
    public Action<IMutableModel>? Refine { get; init; }

    public override void AddTo(IMutableModel model)
    {
        AddOutbox(model, Table);

        if (HasPacks)
            AddPacks(model, Table);
        else
            AddLeases(model, Table);

        Refine?.Invoke(model);
    }

    private void AddOutbox(IMutableModel model, string table)
    {
        var row = AddTable(model, typeof(OutboxRow), table);
        Property(row, nameof(OutboxRow.Id)).ValueGenerated = ValueGenerated.OnAdd;

        var handler = Property(row, nameof(OutboxRow.Handler));
        handler.IsNullable = false;
        handler.SetMaxLength(HandlerType.MaxNameLength);

        // In a pack an event has one id for all its targets; a row of this table alone is one target's.
        var id = Property(row, nameof(OutboxRow.Id));
        row.SetPrimaryKey(HasPacks ? [id, handler] : [id]);
        Index(row, handler, Property(row, nameof(OutboxRow.Lane)), id);
        Index(row, Property(row, nameof(OutboxRow.Attempts))).SetFilter("attempts > 0");
    }

    private void AddPacks(IMutableModel model, string table)
    {
        var pack = AddTable(model, typeof(PackRow), table + "_packs");
        Property(pack, nameof(PackRow.Id)).ValueGenerated = ValueGenerated.OnAdd;
        pack.SetPrimaryKey(Property(pack, nameof(PackRow.Id)));
    }

    private void AddLeases(IMutableModel model, string table)
    {
        var lease = AddTable(model, typeof(LaneLease), table + "_leases");
        Property(lease, nameof(LaneLease.Slot)).ValueGenerated = ValueGenerated.Never;
        lease.SetPrimaryKey(Property(lease, nameof(LaneLease.Slot)));
    }
}
