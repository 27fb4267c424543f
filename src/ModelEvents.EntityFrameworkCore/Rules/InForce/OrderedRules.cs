using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules.InForce;

/// <summary>Rules that ask whether one field is above some limit, or below it, in the order of their limits.</summary>
internal sealed class OrderedRules
{
    private readonly OrderGuard _kind;
    private readonly object[] _limits;
    private readonly int[] _rules;

    public OrderedRules(IReadOnlyList<(OrderGuard Guard, int Rule)> rules)
    {
        _kind = rules[0].Guard;
        var ordered = rules.OrderBy(rule => rule.Guard.Limit, Comparer<object>.Default);
        var sorted = (_kind.IsAbove ? ordered : ordered.Reverse()).ToList();
        _limits = [.. sorted.Select(rule => rule.Guard.Limit)];
        _rules = [.. sorted.Select(rule => rule.Rule)];
    }

    /// <summary>Adds those whose limit the value has reached: the first ones.</summary>
    public void Find(ChangeValues values, List<int> found)
    {
        if (values.IsOpen(_kind.Field.Slot, _kind.IsBefore))
        {
            found.AddRange(_rules);
            return;
        }

        if (!values.TryGet(_kind.Field.Slot, _kind.IsBefore, out var value) || value is null)
            return;

        var (low, high) = (0, _limits.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (HasReached(value, _limits[middle]))
                low = middle + 1;
            else
                high = middle;
        }

        found.AddRange(_rules.AsSpan(0, low));
    }

    private bool HasReached(object value, object limit)
    {
        var order = Comparer<object>.Default.Compare(value, limit);
        return _kind.IsAbove ? order >= 0 : order <= 0;
    }
}
