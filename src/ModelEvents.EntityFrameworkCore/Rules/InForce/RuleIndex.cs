using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules.InForce;

/// <summary>
/// Finds the rules of a model whose guards let a change through, by their numbers. Each rule is entered by that set of guards
/// that it has most for itself.
/// </summary>
internal sealed class RuleIndex
{
    private static readonly object None = new();

    private readonly List<int> _unguarded = [];
    private readonly List<(Field Field, int[] Rules)> _changed = [];
    private readonly List<(Field Field, bool IsBefore, Dictionary<object, int[]> Rules)> _equal = [];
    private readonly List<OrderedRules> _ordered = [];
    private readonly List<TextRules> _texts = [];

    public RuleIndex(IReadOnlyList<RuleInForce> rules)
    {
        var sets = rules.Select(rule => rule.Early?.Guards ?? []).ToList();
        var shares = sets.SelectMany(options => options).SelectMany(guards => guards).CountBy(ShareOf).ToDictionary();
        var entries = new List<(Guard Guard, int Rule)>();
        for (var number = 0; number < rules.Count; number++)
        {
            if (sets[number].MinBy(guards => guards.Sum(guard => shares[ShareOf(guard)])) is { } chosen)
                entries.AddRange(chosen.Select(guard => (guard, number)));
            else
                _unguarded.Add(number);
        }

        foreach (var field in entries.GroupBy(entry => (entry.Guard.Field, entry.Guard.IsBefore)))
            Enter(field.Key.Field, field.Key.IsBefore, [.. field]);
    }

    /// <summary>Adds the rules that may be met to <paramref name="found"/>; one may be there more than once.</summary>
    public void Find(ChangeValues values, List<int> found)
    {
        found.AddRange(_unguarded);
        foreach (var (field, rules) in _changed)
        {
            if (values.IsPending(field.Slot) || values.HasChanged(field.Slot))
                found.AddRange(rules);
        }

        foreach (var (field, isBefore, rules) in _equal)
        {
            if (values.IsOpen(field.Slot, isBefore))
                found.AddRange(rules.Values.SelectMany(any => any));
            else if (values.TryGet(field.Slot, isBefore, out var value) && rules.TryGetValue(value ?? None, out var equal))
                found.AddRange(equal);
        }

        foreach (var rules in _ordered)
            rules.Find(values, found);
        foreach (var rules in _texts)
            rules.Find(values, found);
    }

    /// <summary>Rules whose guards have the same share are let through together, or at worst, where it is a limit.</summary>
    private static object ShareOf(Guard guard) => guard switch
    {
        OrderGuard order => (order.Field, order.IsBefore, order.IsAbove),
        _ => guard,
    };

    private void Enter(Field field, bool isBefore, IReadOnlyList<(Guard Guard, int Rule)> entries)
    {
        if (Of<ChangedGuard>(entries) is { Count: > 0 } changed)
            _changed.Add((field, [.. changed.Select(entry => entry.Rule)]));
        if (Of<EqualGuard>(entries) is { Count: > 0 } equal)
            _equal.Add((field, isBefore, equal.GroupBy(entry => entry.Guard.Value ?? None, entry => entry.Rule)
                .ToDictionary(same => same.Key, same => same.ToArray())));
        foreach (var side in Of<OrderGuard>(entries).GroupBy(entry => entry.Guard.IsAbove))
            _ordered.Add(new OrderedRules([.. side]));
        if (Of<TextGuard>(entries) is { Count: > 0 } texts)
            _texts.Add(new TextRules(texts));
    }

    private static List<(TGuard Guard, int Rule)> Of<TGuard>(IReadOnlyList<(Guard Guard, int Rule)> entries)
        where TGuard : Guard =>
        [.. entries.Where(entry => entry.Guard is TGuard).Select(entry => ((TGuard)entry.Guard, entry.Rule))];
}
