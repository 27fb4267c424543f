using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>One change of one instance, as one row of the log tells it, or several that belong together.</summary>
/// <param name="row">The row; the first of them.</param>
/// <param name="action">What happened to the instance.</param>
/// <param name="index">Which of the row's changes it is.</param>
internal sealed class RowChange(LogRow row, ChangeAction action, int index = 0)
{
    public LogRow Row => row;

    public ChangeAction Action => action;

    public int Index => index;

    /// <summary>
    /// How rows of its own hold the instance: of one table, save where it has rows in several. None where only something
    /// that belongs to it has changed.
    /// </summary>
    public List<RowShare> Shares { get; } = [];

    /// <summary>What belongs to it and has changed, in rows of other tables.</summary>
    public List<(OwnerRows How, LogRow Row)> Belongings { get; } = [];

    /// <summary>Why no change can be made of the row, and the model that it would have been one of.</summary>
    public (CapturedModel Model, string Reason)? Mistake { get; init; }

    /// <summary>Why what the rows do not have could not be read from the database.</summary>
    public Exception? LoadFailure { get; set; }

    /// <summary>Whether the database is to be asked for what the rows do not have.</summary>
    public bool NeedsInstance { get; set; }

    /// <summary>The instance in the database, where it was asked for and is there.</summary>
    public IUpdateEntry? Loaded { get; set; }

    /// <summary>Whether all that is known is the key of what was deleted.</summary>
    public bool IsKeyOnly => action == ChangeAction.Deleted && (!row.IsWholeBefore || UnreadableColumns().Any());

    /// <summary>The columns of its rows that cannot be read, each with the table and the reason.</summary>
    public IEnumerable<(LogTable Table, string Column, string Reason)> UnreadableColumns() =>
        from share in Shares
        from value in Shown(share.Row).Index()
        where value.Item is UnreadableValue
        let table = share.Row.Plan.Table
        select (table, table.Columns[value.Index].Name, ((UnreadableValue)value.Item!).Reason);

    /// <summary>What a row of it shows: the instance as it is now, or was at last.</summary>
    public object?[] Shown(LogRow its) => action == ChangeAction.Deleted ? its.Before! : its.After!;

    /// <summary>Whether its rows tell which instance it is.</summary>
    public bool HasKey
    {
        get
        {
            var (columns, its) = Key();
            foreach (var column in columns)
            {
                if (column.IsAbsent(its))
                    return false;
            }

            return columns.Count > 0;
        }
    }

    /// <summary>What tells which instance it is: the columns, and the row that they are in.</summary>
    public (IReadOnlyList<RowProperty> Columns, object?[] Row) Key() => Shares.Count > 0
        ? (Shares[0].Rows.Key, Shown(Shares[0].Row))
        : Belongings is [var (how, of), ..] ? (how.Reference, (of.After ?? of.Before)!) : ([], []);
}
