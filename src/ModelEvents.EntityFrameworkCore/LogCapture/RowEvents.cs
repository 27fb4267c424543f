using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Bodies;
using ModelEvents.Capture;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;

namespace ModelEvents.LogCapture;

/// <summary>
/// Changes that rows tell in, events out: each by the code that makes those of saves, of an entry that no context tracks.
/// A row that cannot be read gives an event that will be parked with the reason; others go on.
/// </summary>
internal sealed class RowEvents(TablePlans plans, RowReading reading, LogTransaction transaction, RowIds ids)
{
    private readonly HeadersFactory _headers = new(HeadersOf(transaction));
    private readonly UntoldChanges _untold = new(plans.Models, transaction);
    private List<FailedEvent>? _failed;

    public LogEvents Of(List<RowChange> changes)
    {
        using var buffer = BodyBuffer.Rent();
        var events = new List<ModelEvent>(changes.Count);
        foreach (var change in changes)
        {
            if (TryCreate(change, buffer) is { } one)
                events.Add(one);
        }

        return new LogEvents(events, _failed ?? []);
    }

    /// <summary>The headers of all events of a transaction.</summary>
    public static KeyValuePair<string, string>[] HeadersOf(LogTransaction transaction)
    {
        KeyValuePair<string, string>[] always =
        [
            new(EventHeaders.Source, "log"),
            new(EventHeaders.Transaction, transaction.Id.ToString(CultureInfo.InvariantCulture)),
        ];
        return transaction.Origin is { } origin ? [.. always, new(EventHeaders.Origin, origin)] : always;
    }

    private ModelEvent? TryCreate(RowChange change, BodyBuffer buffer)
    {
        try
        {
            if (change.Mistake is { } mistake)
                throw new InvalidOperationException(mistake.Reason);

            return change.Shares.Count > 0 ? OfInstance(change, buffer) : OfBelongings(change, buffer);
        }
#pragma warning disable CA1031 // A converter or serializer of the user's may throw anything: its event is parked.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            buffer.Discard();
            var reason = $"No event can be made of the row: {Sentence.Of(exception.Message)} Discard it once that is mended.";
            if (_untold.Of(change, IdOf(change), reason) is not { } one)
                return null;

            (_failed ??= []).Add(new FailedEvent(one, 1, reason, RetryAfter: null));
            return one;
        }
    }

    /// <summary>
    /// An update by what belongs to an instance. Where that is gone by now, only its key is known; nothing is told where not
    /// even its model is.
    /// </summary>
    private ModelEvent? OfBelongings(RowChange change, BodyBuffer buffer)
    {
        ThrowIfNotLoaded(change);
        if (change.Loaded is null && HasSeveralModels(change.Belongings[0].How.Owner))
            return null;

        var entry = change.Loaded ?? OwnerEntry(change.Belongings[0].How, change.Key().Row);
        if (plans.Models.Find(entry.EntityType) is not { } model)
            return null;

        var its = new Change(IdOf(change), model, entry, ChangeAction.Updated);
        if (model.Status is { } status)
            its.NotePreviousStatus(entry.GetCurrentValue(status));
        AddBelongings(its, change);
        return Write(change, its, change.Loaded is null ? model.KeyBody! : model.Body, buffer);
    }

    /// <summary>What the rows do not have was not to be read: told without it, it would be told as nothing.</summary>
    private static void ThrowIfNotLoaded(RowChange change)
    {
        if (change.LoadFailure is { } failure)
            throw new InvalidOperationException(
                $"What its row does not have cannot be read from the database: {failure.GetBaseException().Message}");
    }

    private bool HasSeveralModels(IEntityType type) => type.GetDerivedTypesInclusive().Where(its => !its.IsAbstract())
        .DistinctBy(its => plans.Models.Find(its)?.Listed).Skip(1).Any();

    private IUpdateEntry OwnerEntry(OwnerRows how, object?[] row)
    {
        var values = how.OwnerType.NewValues(loaded: null);
        for (var index = 0; index < how.OwnerKey.Count; index++)
            values[RowProperty.IndexOf(how.OwnerKey[index])] = how.Reference[index].Read(row);
        return how.OwnerType.Enter(reading, how.OwnerType.Materialize(reading, values), values);
    }

    private void AddBelongings(Change its, RowChange change)
    {
        foreach (var (how, row) in change.Belongings)
        {
            its.AddChanged(how.Name);
            // What else a link holds is no key.
            if (how.Link is { } link && row.Action != ChangeAction.Updated)
                its.AddLink(new LinkChange(link, JoinEntry(how, row), row.Action == ChangeAction.Created));
        }
    }

    private IUpdateEntry JoinEntry(OwnerRows owner, LogRow row)
    {
        var values = owner.Join!.NewValues(loaded: null);
        var its = (row.After ?? row.Before)!;
        foreach (var property in owner.JoinProperties!)
        {
            // The link is told by its foreign keys.
            if (!property.IsLeft(its, leavesUnreadable: true) || property.Property.IsForeignKey())
                values[property.Index] = property.Read(its);
        }

        return owner.Join.Enter(reading, owner.Join.Materialize(reading, values), values);
    }

    private ModelEvent? OfInstance(RowChange change, BodyBuffer buffer)
    {
        var shares = SharesOf(change);
        if (shares.Count == 0)
            return null;

        var model = shares[0].Rows.Model;
        var entry = Enter(change, shares);
        ThrowIfNotLoaded(change);
        var its = new Change(IdOf(change), model, entry, change.Action)
        {
            BeforeUnknown = change.Action == ChangeAction.Updated && shares.Exists(share => !share.Row.IsWholeBefore),
        };

        if (change.Action == ChangeAction.Updated)
        {
            NoteBefore(its, shares);
            AddBelongings(its, change);
        }

        return Write(change, its, change.IsKeyOnly || LacksColumns(change, shares) ? model.KeyBody! : model.Body, buffer);
    }

    /// <summary>
    /// Whether there are columns of the instance that neither the rows have nor the database any more: a body would tell them as
    /// nothing.
    /// </summary>
    private static bool LacksColumns(RowChange change, List<RowShare> shares)
    {
        if (change is { NeedsInstance: false, Action: not ChangeAction.Deleted } or { Loaded: not null })
            return false;

        foreach (var share in shares)
        {
            if (share.Rows.LacksColumns(change.Shown(share.Row)))
                return LackColumns(change, shares);
        }

        return false;
    }

    /// <summary>Whether rows that do not have all columns each lack some together.</summary>
    private static bool LackColumns(RowChange change, List<RowShare> shares)
    {
        var had = shares.SelectMany(share => share.Rows.PropertiesIn(change.Shown(share.Row))).ToHashSet();
        return !shares[0].Rows.AllProperties.All(had.Contains)
            || shares.Exists(share => share.Rows.LacksParts(change.Shown(share.Row)));
    }

    /// <summary>
    /// The rows as those of the type that the instance has turned out to be; none where that is no listed one, or may be another
    /// model's.
    /// </summary>
    private static List<RowShare> SharesOf(RowChange change)
    {
        var shares = change.Shares;
        if (!shares[0].Plan.IsShared || (change.LoadFailure is not null && change.Loaded is null))
            return shares;

        var type = change.Loaded?.EntityType ?? TypeByRows(change);
        // An update has rows of those tables alone that it changes.
        if (change.Loaded is null && (type is null || change.Action == ChangeAction.Updated)
            && shares.TrueForAll(share => share.Plan.HasOtherModels))
            return [];

        return type is null
            ? shares
            :
            [
                .. from share in shares
                   let rows = share.Plan.Instances.FirstOrDefault(rows => rows.Type.Type == type)
                   where rows is not null
                   select share with { Rows = rows },
            ];
    }

    /// <summary>The type of an instance that is gone, by its rows: it has one in each table of its type.</summary>
    private static IEntityType? TypeByRows(RowChange change)
    {
        var tables = change.Shares.Select(share => share.Row.Plan.Table.Name).ToHashSet(StringComparer.Ordinal);
        return change.Shares.SelectMany(share => share.Plan.Instances)
            .Select(rows => rows.Type.Type)
            .Where(type => type.GetTableMappings().All(mapping => tables.Contains(mapping.Table.Name)))
            .MaxBy(type => type.GetTableMappings().Count());
    }

    private IUpdateEntry Enter(RowChange change, List<RowShare> shares)
    {
        var type = shares[0].Rows.Type;
        var values = type.NewValues(change.Loaded);
        foreach (var share in shares)
            share.Rows.Fill(reading, values, change.Shown(share.Row), change.Loaded is not null || change.IsKeyOnly);

        var instance = type.Materialize(reading, values);
        if (change.Loaded is not null)
            type.CopyNavigations(change.Loaded, instance);
        foreach (var share in change.IsKeyOnly ? [] : shares)
            share.Rows.PutParts(reading, instance, change.Shown(share.Row), change.Loaded);

        var entry = type.Enter(reading, instance, values);
        if (change.Loaded is not null)
            TrackedEntries.CopyLoaded(change.Loaded, entry);
        return entry;
    }

    private static void NoteBefore(Change change, List<RowShare> shares)
    {
        var names = change.ChangedNames = new SortedSet<string>(StringComparer.Ordinal);
        if (change.BeforeUnknown)
            return;

        var status = change.Entry.EntityType.FindProperty(change.Model.Status?.Name ?? "");
        if (status is not null)
            change.NotePreviousStatus(change.Entry.GetCurrentValue(status));
        foreach (var (_, rows, row) in shares)
        {
            rows.AddChanged(names, row.Before!, row.After!);
            if (status is not null && Array.Find(rows.Properties, property => property.Property == status) is { } column)
                change.NotePreviousStatus(row.Before![column.Column] is UnreadableValue ? null : column.Read(row.Before));
        }
    }

    private ModelEvent Write(RowChange change, Change its, IBodyWriter body, BodyBuffer buffer)
    {
        body.Write(buffer.Writer, new BodySource(
            reading.Context, its.Entry, its.Action, IsDetached: true, IsRowAlone: change.Loaded is null));
        return EventFactory.Create(
            its, buffer.Take(), transaction.CommittedAt, _headers.Of(its), sequence: SequenceOf(change));
    }

    private long SequenceOf(RowChange change) =>
        transaction.Numbers.Of(change.Row.Position, change.Row.Ordinal, change.Index);

    private Guid IdOf(RowChange change) => ids.Of(change.Row.Position, change.Index);
}
