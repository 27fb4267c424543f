using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Rules.Conditions;

/// <summary>
/// The values of one changed instance, read when first asked for. Those before the change are with the entry only until it
/// is accepted: <see cref="KeepBefore"/> keeps them beyond that.
/// </summary>
internal sealed class ChangeValues(FieldTable fields, IUpdateEntry entry, ChangeAction action, bool isBeforeKnown)
{
    private static readonly object Unread = new();

    private readonly object?[] _now = NewSlots(fields.All.Count);
    private object?[]? _before;
    private bool[]? _changed;

    public FieldTable Fields => fields;

    public ChangeAction Action => action;

    /// <summary>Whether there was an instance before, and its values are known.</summary>
    public bool HasBefore => action == ChangeAction.Deleted || (action == ChangeAction.Updated && isBeforeKnown);

    /// <summary>The value after the change; of a deleted instance the last one.</summary>
    public object? Now(int slot)
    {
        var value = _now[slot];
        return ReferenceEquals(value, Unread) ? _now[slot] = fields.All[slot].Current(entry) : value;
    }

    /// <summary>The value before the change, where there was one.</summary>
    public bool TryBefore(int slot, out object? value)
    {
        value = HasBefore ? Before(slot) : null;
        return HasBefore;
    }

    /// <summary>The value before or after the change, where there is such.</summary>
    public bool TryGet(int slot, bool isBefore, out object? value)
    {
        if (isBefore)
            return TryBefore(slot, out value);

        value = Now(slot);
        return true;
    }

    public bool HasChanged(int slot)
    {
        if (!HasBefore || action != ChangeAction.Updated)
            return false;
        if (_changed is null)
            return !fields.All[slot].AreEqual(entry);

        return _changed[slot] || (fields.All[slot].CanBeGenerated && !Equals(Before(slot), Now(slot)));
    }

    public bool IsPending(int slot) => fields.All[slot].IsPending(entry);

    /// <summary>Whether the value before or after the change may yet be any.</summary>
    public bool IsOpen(int slot, bool isBefore) => !isBefore && IsPending(slot);

    /// <summary>Reads the values before the change as long as that is possible.</summary>
    public void KeepBefore()
    {
        if (!HasBefore || _changed is not null)
            return;

        var changed = new bool[_now.Length];
        foreach (var field in fields.All)
        {
            changed[field.Slot] = action == ChangeAction.Updated && !field.AreEqual(entry);
            Before(field.Slot);
        }

        _changed = changed;
    }

    /// <summary>
    /// Forgets what was read of the values after the change: by now the database has generated its own. Those of a deleted
    /// instance are kept, whose entry may be gone.
    /// </summary>
    public void ReadAgain()
    {
        if (action != ChangeAction.Deleted)
            Array.Fill(_now, Unread);
    }

    private object? Before(int slot)
    {
        if (action == ChangeAction.Deleted)
            return Now(slot);

        var before = _before ??= NewSlots(_now.Length);
        return ReferenceEquals(before[slot], Unread) ? before[slot] = fields.All[slot].Original(entry) : before[slot];
    }

    private static object?[] NewSlots(int count)
    {
        var slots = new object?[count];
        Array.Fill(slots, Unread);
        return slots;
    }
}
