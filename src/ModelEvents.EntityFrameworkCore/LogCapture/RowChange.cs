using Microsoft.EntityFrameworkCore.Update;

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

    /// <summary>How its rows hold the instance; of one table, save where an instance has rows in several.</summary>
    public List<RowShare> Shares { get; } = [];

    /// <summary>What the row changes in place of an instance of its own, if anything.</summary>
    public OwnerRows? Owner { get; init; }

    /// <summary>The rows of a join table that are this one change of their owner.</summary>
    public List<LogRow> Links { get; } = [];

    /// <summary>Whether the database is to be asked for what the rows do not have.</summary>
    public bool NeedsInstance { get; set; }

    /// <summary>The instance in the database, where it was asked for and is there.</summary>
    public IUpdateEntry? Loaded { get; set; }

    /// <summary>Whether all that is known is the key of what was deleted.</summary>
    public bool IsKeyOnly => action == ChangeAction.Deleted && !row.IsWholeBefore;

    /// <summary>What a row of it shows: the instance as it is now, or was at last.</summary>
    public object?[] Shown(LogRow its) => action == ChangeAction.Deleted ? its.Before! : its.After!;
}
