using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>
/// Rows of one transaction in, changes out, in order. Rows of several tables that hold one instance are one change of it;
/// links and owned instances in tables of their own join the change of their owner, and are one update of it where there is
/// none, as with a save.
/// </summary>
internal sealed class RowChanges(TablePlans plans, ToldRows told)
{
    private readonly List<RowChange> _changes = [];
    private Dictionary<(IEntityType Root, string Key), RowChange>? _latest;

    public List<RowChange> Of(IReadOnlyList<LogRow> rows)
    {
        for (var at = 0; at < rows.Count; at++)
        {
            // The list may have been reloaded since the row was read.
            if (plans.For(rows[at].Plan.Table) is not { } plan)
                continue;

            if (at + 1 < rows.Count && IsMove(plan, rows[at], rows[at + 1]))
                TryAdd(plan, rows[at] with { Action = ChangeAction.Updated, After = rows[++at].After });
            else
                TryAdd(plan, rows[at]);
        }

        return _changes;
    }

    /// <summary>
    /// Whether two rows are one that an update has moved to another partition: the log has its delete, and right after it its
    /// insert.
    /// </summary>
    private static bool IsMove(TablePlan plan, LogRow row, LogRow next) =>
        plan is { Table.IsPartitioned: true, Identity.Count: > 0 }
        && (row.Action, next.Action) == (ChangeAction.Deleted, ChangeAction.Created)
        && row.Plan == next.Plan
        && plan.Identity.All(property => !property.IsAbsent(row.Before!) && !property.Differs(row.Before!, next.After!));

    /// <summary>Adds the changes of a row, or one that cannot be told: others go on.</summary>
    private void TryAdd(TablePlan plan, LogRow row)
    {
        if (plan.Mistake is not null)
        {
            _changes.Add(new RowChange(row, row.Action) { Mistake = plan.Mistake });
            return;
        }

        try
        {
            Add(plan, row);
        }
#pragma warning disable CA1031 // A converter of the user's may throw anything: of a discriminator, which is needed here already.
        catch (Exception exception) when (ModelOf(plan) is not null)
#pragma warning restore CA1031
        {
            told.Forget();
            var change = new RowChange(row, row.Action) { Mistake = (ModelOf(plan)!, exception.Message) };
            if (plan.Instances.Count > 0)
                change.Shares.Add(new RowShare(plan, plan.Instances[0], row));
            _changes.Add(change);
        }
    }

    /// <summary>A model that the rows of a table may be about.</summary>
    private CapturedModel? ModelOf(TablePlan plan) => plan.Instances.Count > 0
        ? plan.Instances[0].Model
        : plan.Owners.SelectMany(how => how.Owner.GetDerivedTypesInclusive()).Select(plans.Models.Find)
            .FirstOrDefault(model => model is not null);

    private void Add(TablePlan plan, LogRow row)
    {
        if (row is { Before: { } before, After: { } after })
            FillUnchanged(before, after);
        if (plan.Instances.Count > 0)
            AddInstance(plan, row);

        var first = plan.EventsOfOwnRow;
        for (var index = 0; index < plan.Owners.Count; index++)
            AddBelongings(plan.Owners[index], row, first + index, first + plan.Owners.Count + index);
    }

    /// <summary>An update may take what belongs to one instance to another.</summary>
    private void AddBelongings(OwnerRows how, LogRow row, int first, int second)
    {
        if (row is { Action: ChangeAction.Updated, Before: { } before, After: { } after }
            && how.Place.Any(property => property.Differs(before, after)))
        {
            AddBelonging(how, row with { Action = ChangeAction.Deleted, After = null }, first);
            AddBelonging(how, row with { Action = ChangeAction.Created, Before = null }, second);
        }
        else
        {
            AddBelonging(how, row, first);
        }
    }

    /// <summary>What an update left alone is what it was.</summary>
    private static void FillUnchanged(object?[] before, object?[] after)
    {
        for (var column = 0; column < after.Length; column++)
        {
            if (ReferenceEquals(after[column], LogRow.Absent))
                after[column] = before[column];
        }
    }

    private void AddInstance(TablePlan plan, LogRow row)
    {
        switch (row.Action)
        {
            case ChangeAction.Created:
                AddInstance(plan, plan.Find(row.After!), row, ChangeAction.Created);
                break;
            case ChangeAction.Deleted when row.Before is not null:
                AddInstance(plan, plan.Find(row.Before), row, ChangeAction.Deleted);
                break;
            case ChangeAction.Updated:
                AddUpdate(plan, row);
                break;
        }
    }

    private void AddUpdate(TablePlan plan, LogRow row)
    {
        var rows = plan.Find(row.After!);
        if (row.Before is not { } before)
        {
            AddInstance(plan, rows, row, ChangeAction.Updated);
            return;
        }

        var was = plan.HasType(before) ? plan.Find(before) : rows;
        if (was?.Model.Listed != rows?.Model.Listed || HasOtherKey(rows ?? was, before, row.After!))
        {
            AddInstance(plan, was, row, ChangeAction.Deleted);
            AddInstance(plan, rows, row, ChangeAction.Created, index: 1);
        }
        else if (was != rows || !row.IsWholeBefore || rows?.IsChanged(before, row.After!) == true)
        {
            AddInstance(plan, rows, row, ChangeAction.Updated);
        }
    }

    private static bool HasOtherKey(TypeRows? rows, object?[] before, object?[] after) =>
        rows is not null && Array.Exists(rows.Key, key => key.Differs(before, after));

    private void AddInstance(TablePlan plan, TypeRows? rows, LogRow row, ChangeAction action, int index = 0)
    {
        if (rows is null)
            return;

        // Which of several types it is may be told by its other tables alone.
        var needsInstance = action != ChangeAction.Deleted
            && (rows.NeedsInstance(row.After!) || plan.Unclear is not null);
        var share = new RowShare(plan, rows, row);
        var change = new RowChange(row, action, index) { Shares = { share }, NeedsInstance = needsInstance };
        if (!change.HasKey)
        {
            told.Forget();
        }
        else if (rows.HasMore)
        {
            var key = KeyOf(rows.Type.Type, change);
            if (Joins(change, share, key) || (plan.IsShared && told.IsTold(key, action)))
                return;
        }

        _changes.Add(change);
    }

    /// <summary>Whether a row belongs to a change that rows of other tables have begun.</summary>
    private bool Joins(RowChange change, RowShare share, (IEntityType Root, string Key) key)
    {
        _latest ??= [];
        if (_latest.TryGetValue(key, out var begun))
        {
            if (begun.Action == change.Action && !begun.Shares.Exists(other => other.Plan == share.Plan))
            {
                begun.Shares.Add(share);
                begun.NeedsInstance |= change.NeedsInstance;
                return true;
            }

            // The delete tells all.
            if (change.Action == ChangeAction.Deleted && begun.Shares.Count == 0)
                _changes.Remove(begun);
        }

        _latest[key] = change;
        return false;
    }

    private void AddBelonging(OwnerRows how, LogRow row, int index)
    {
        if (row is { IsWholeBefore: true, Before: { } before, After: { } after }
            && how.JoinProperties?.Any(property => property.Differs(before, after)) == false)
            return;

        var change = new RowChange(row, ChangeAction.Updated, index) { Belongings = { (how, row) }, NeedsInstance = true };
        if (!change.HasKey)
        {
            _changes.Add(change);
            return;
        }

        var key = KeyOf(how.Owner, change);
        _latest ??= [];
        if (!_latest.TryGetValue(key, out var begun))
        {
            _latest.Add(key, change);
            _changes.Add(change);
        }
        else if (begun.Action != ChangeAction.Deleted)
        {
            begun.Belongings.Add((how, row));
            begun.NeedsInstance = true;
        }
    }

    private static (IEntityType Root, string Key) KeyOf(IEntityType type, RowChange change)
    {
        var (columns, row) = change.Key();
        return (type.GetRootType(), EntityKey.Text([.. columns.Select(column => column.KeyPart(row))]));
    }
}
