using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Tables;

namespace ModelEvents.Inbox;

/// <summary>The tables of handled events and of the last sequences.</summary>
internal sealed record InboxTables(string Table) : AddedTables
{
    public const string DefaultTable = "model_events_inbox";

    /// <summary>Puts the tables into a context's model. Does nothing on a provider that is not relational.</summary>
    public static void AddTo(DbContextOptionsBuilder options, InboxOptions inbox) =>
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(
            new InboxTables(inbox.Table) { Schema = inbox.Schema });

    public override Type Row => typeof(InboxNote);

    public override void AddTo(IMutableModel model)
    {
        AddNotes(model);
        AddSequences(model);
    }

    private void AddNotes(IMutableModel model)
    {
        var note = AddTable(model, typeof(InboxNote), Table);
        var (id, consumer) = (Property(note, nameof(InboxNote.EventId)), Property(note, nameof(InboxNote.Consumer)));
        id.ValueGenerated = ValueGenerated.Never;
        consumer.SetMaxLength(InboxNote.MaxConsumerLength);
        consumer.IsNullable = false;
        note.SetPrimaryKey([id, consumer]);
        Index(note, Property(note, nameof(InboxNote.HandledAt)));
    }

    private void AddSequences(IMutableModel model)
    {
        var sequence = AddTable(model, typeof(InboxSequence), Table + "_sequences");
        Property(sequence, nameof(InboxSequence.Id)).ValueGenerated = ValueGenerated.Never;
        sequence.SetPrimaryKey(Property(sequence, nameof(InboxSequence.Id)));
        Index(sequence, Property(sequence, nameof(InboxSequence.DeletedAt)));
    }
}
