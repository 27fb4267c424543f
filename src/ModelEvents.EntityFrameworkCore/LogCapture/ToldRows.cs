using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.LogCapture;

/// <summary>
/// What one transaction has told last of instances with rows in several tables. Where it is read in pieces, an instance's rows
/// may be in two: its insert or delete is told with the first.
/// </summary>
internal sealed class ToldRows
{
    // One with more may tell an insert or delete twice.
    private const int Most = 100_000;

    private Dictionary<(IEntityType Root, string Key), ChangeAction>? _last;

    /// <summary>Whether an instance's insert or delete is told already; it is from now on.</summary>
    public bool IsTold((IEntityType Root, string Key) instance, ChangeAction action)
    {
        if (action == ChangeAction.Updated)
            return false;

        _last ??= [];
        if (_last.TryGetValue(instance, out var last) && last == action)
            return true;

        if (_last.Count >= Most)
            _last.Clear();
        _last[instance] = action;
        return false;
    }

    /// <summary>Something has ended instances, and does not say which.</summary>
    public void Forget() => _last?.Clear();
}
