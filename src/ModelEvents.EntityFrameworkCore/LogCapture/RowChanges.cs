using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>
/// Rows of one transaction in, changes out, in order. Rows of several tables that hold one instance are one change, and so
/// are rows of a join table that follow each other for one owner.
/// </summary>
internal sealed class RowChanges(TablePlans plans)
{
    private readonly List<RowChange> _changes = [];
    private Dictionary<(IEntityType Root, string Key), RowChange>? _shared;

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
        if (plan.Instances.Count > 0)
            AddInstance(plan, row);
        for (var index = 0; index < plan.Owners.Count; index++)
            AddOwner(plan.Owners[index], row, plan.Instances.Count > 0 ? index + 2 : index);
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
        if (plan.Find(row.After!) is not { } rows)
            return;

        if (row.Before is not { } before)
        {
            AddInstance(plan, rows, row, ChangeAction.Updated);
        }
        else if (Array.Exists(rows.Key, key => key.Differs(before, row.After!)))
        {
            AddInstance(plan, FindDeleted(plan, row), row, ChangeAction.Deleted);
            AddInstance(plan, rows, row, ChangeAction.Created, index: 1);
        }
        else if (!row.IsWholeBefore || rows.IsChanged(before, row.After!))
        {
            AddInstance(plan, rows, row, ChangeAction.Updated);
        }
    }

    private static TypeRows? FindDeleted(TablePlan plan, LogRow row) =>
        row.IsWholeBefore ? plan.Find(row.Before!) : plan.Instances[0];

    private void AddInstance(TablePlan plan, TypeRows? rows, LogRow row, ChangeAction action, int index = 0)
    {
        if (rows is null)
            return;

        var change = new RowChange(row, action, index);
        var share = new RowShare(plan, rows, row);
        if (plan.IsShared && JoinsAnother(change, share))
            return;

        change.Shares.Add(share);
        change.NeedsInstance = action != ChangeAction.Deleted
            && (!rows.IsWhole || rows.Model.Listed.LoadNavigations.Count > 0 || rows.LacksValues(row.After!));
        _changes.Add(change);
    }

    /// <summary>Whether the row belongs to a change that a row of another table has begun.</summary>
    private bool JoinsAnother(RowChange change, RowShare share)
    {
        _shared ??= [];
        var key = (share.Rows.Type.Type.GetRootType(), KeyText(share.Rows.Key, change.Shown(share.Row)));
        if (_shared.TryGetValue(key, out var begun)
            && begun.Action == change.Action
            && !begun.Shares.Exists(other => other.Plan == share.Plan))
        {
            begun.Shares.Add(share);
            return true;
        }

        _shared[key] = change;
        return false;
    }

    private void AddOwner(OwnerRows owner, LogRow row, int index)
    {
        // A link that changes is one less and one more; EF Core writes none such.
        if (row.Action == ChangeAction.Updated && owner.Link is not null)
            return;
        if (owner.Link is not null && _changes.Count > 0 && IsOf(_changes[^1], owner, row))
        {
            _changes[^1].Links.Add(row);
            return;
        }

        _changes.Add(new RowChange(row, ChangeAction.Updated, index) { Owner = owner, NeedsInstance = true, Links = { row } });
    }

    private static bool IsOf(RowChange change, OwnerRows owner, LogRow row) =>
        change.Owner == owner
        && KeyText(owner.Reference, (row.After ?? row.Before)!) == KeyText(owner.Reference, (change.Row.After ?? change.Row.Before)!);

    private static string KeyText(IReadOnlyList<RowProperty> key, object?[] row) =>
        EntityKey.Text([.. key.Select(property => row[property.Column])]);
}
