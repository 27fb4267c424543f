using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>
/// Rows of one transaction in, changes out, in order. Rows of several tables that hold one instance are one change of it;
/// links and owned instances in tables of their own join the change of their owner, and are one update of it where there is
/// none, as with a save.
/// </summary>
internal sealed class RowChanges(TablePlans plans)
{
    private readonly List<RowChange> _changes = [];
    private Dictionary<(IEntityType Root, string Key), RowChange>? _latest;

    public List<RowChange> Of(IReadOnlyList<LogRow> rows)
    {
        foreach (var row in rows)
        {
            // The list may have been reloaded since the row was read.
            if (plans.For(row.Plan.Table) is { } plan)
                Add(plan, row);
        }

        return _changes;
    }

    private void Add(TablePlan plan, LogRow row)
    {
        if (row is { IsWholeBefore: true, Before: { } before, After: { } after })
            FillUnchanged(before, after);
        if (plan.Instances.Count > 0)
            AddInstance(plan, row);

        // A row of its own may have two changes.
        var first = plan.Instances.Count > 0 ? 2 : 0;
        for (var index = 0; index < plan.Owners.Count; index++)
            AddBelonging(plan.Owners[index], row, first + index);
    }

    /// <summary>What an update left alone is what it was.</summary>
    private static void FillUnchanged(object?[] before, object?[] after)
    {
        for (var column = 0; column < after.Length; column++)
        {
            if (ReferenceEquals(after[column], LogRow.Unchanged))
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
                AddInstance(plan, FindDeleted(plan, row), row, ChangeAction.Deleted);
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

        var was = row.IsWholeBefore ? plan.Find(before) : rows;
        if (was?.Model.Listed != rows?.Model.Listed || HasOtherKey(rows ?? was, before, row.After!))
        {
            AddInstance(plan, FindDeleted(plan, row), row, ChangeAction.Deleted);
            AddInstance(plan, rows, row, ChangeAction.Created, index: 1);
        }
        else if (was != rows || !row.IsWholeBefore || rows?.IsChanged(before, row.After!) == true)
        {
            AddInstance(plan, rows, row, ChangeAction.Updated);
        }
    }

    private static bool HasOtherKey(TypeRows? rows, object?[] before, object?[] after) =>
        rows is not null && Array.Exists(rows.Key, key => key.Differs(before, after));

    private static TypeRows? FindDeleted(TablePlan plan, LogRow row) =>
        row.IsWholeBefore ? plan.Find(row.Before!) : plan.Instances[0];

    private void AddInstance(TablePlan plan, TypeRows? rows, LogRow row, ChangeAction action, int index = 0)
    {
        if (rows is null)
            return;

        var needsInstance = action != ChangeAction.Deleted && rows.NeedsInstance(row.After!);
        var share = new RowShare(plan, rows, row);
        var change = new RowChange(row, action, index) { Shares = { share }, NeedsInstance = needsInstance };
        if (!rows.HasMore || !Joins(change, share, rows.Type.Type))
            _changes.Add(change);
    }

    /// <summary>Whether a row belongs to a change that rows of other tables have begun.</summary>
    private bool Joins(RowChange change, RowShare share, IEntityType type)
    {
        var key = KeyOf(type, change);
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
