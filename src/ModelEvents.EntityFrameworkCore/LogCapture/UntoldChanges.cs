using System.Text.Json;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>Makes the events, to be parked, that stand for changes which cannot be told.</summary>
internal sealed class UntoldChanges(CapturedModels models, LogTransaction transaction)
{
    /// <summary>An event that tells which row it could not be made of.</summary>
    public ModelEvent? Of(RowChange change, Guid id, string reason)
    {
        if (ModelOf(change) is not { } model)
            return null;

        return new ModelEvent
        {
            Id = id,
            Name = model.EventName(change.Action),
            Service = model.Listed.Service,
            Model = model.Listed.Name,
            Key = KeyOf(change),
            Body = JsonSerializer.SerializeToUtf8Bytes(BodyOf(change)),
            Headers = new Dictionary<string, string>(RowEvents.HeadersOf(transaction).ToDictionary())
            {
                [EventHeaders.Action] = Models.EventNames.Word(change.Action),
                [EventHeaders.Unreadable] = reason,
            },
            OccurredAt = transaction.CommittedAt,
            Sequence = transaction.Numbers.Of(change.Row.Position, change.Row.Ordinal, change.Index),
        };
    }

    /// <summary>The model; of an owner that is not known, one that it may be.</summary>
    private CapturedModel? ModelOf(RowChange change) => change switch
    {
        { Mistake: { } mistake } => mistake.Model,
        { Shares: [var share, ..] } => models.Find(share.Rows.Type.Type),
        _ => change.Belongings[0].How.Owner.GetDerivedTypesInclusive().Select(models.Find).FirstOrDefault(its => its is not null),
    };

    private static string KeyOf(RowChange change)
    {
        var (columns, row) = change.Key();
        return change.HasKey ? EntityKey.Text([.. columns.Select(column => column.KeyPart(row))]) : "";
    }

    /// <summary>Where to look; and, if that is not told by a key, what there is of the row.</summary>
    private static Dictionary<string, object> BodyOf(RowChange change)
    {
        var (table, types) = (change.Row.Plan.Table, change.Row.Plan.Types);
        var body = new Dictionary<string, object> { ["table"] = table.Name };
        if (!change.HasKey && (change.Row.After ?? change.Row.Before) is { } row)
            body["row"] = table.Columns.Index()
                .Where(column => types[column.Index] is not null && !ReferenceEquals(row[column.Index], LogRow.Absent))
                .ToDictionary(column => column.Item.Name, column => EntityKey.Text([row[column.Index]]));
        return body;
    }
}
