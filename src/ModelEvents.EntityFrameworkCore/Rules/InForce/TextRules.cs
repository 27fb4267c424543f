using System.Buffers;
using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules.InForce;

/// <summary>Rules that look for a text in one field. All texts are looked for at once: mostly none is there.</summary>
internal sealed class TextRules
{
    private readonly TextGuard _kind;
    private readonly SearchValues<string> _all;
    private readonly (string Text, int Rule)[] _rules;

    public TextRules(IReadOnlyList<(TextGuard Guard, int Rule)> rules)
    {
        _kind = rules[0].Guard;
        _rules = [.. rules.Select(rule => (rule.Guard.Text, rule.Rule))];
        _all = SearchValues.Create([.. _rules.Select(rule => rule.Text)], StringComparison.Ordinal);
    }

    /// <summary>Adds those whose text is in the value.</summary>
    public void Find(ChangeValues values, List<int> found)
    {
        if (values.IsOpen(_kind.Field.Slot, _kind.IsBefore))
        {
            found.AddRange(_rules.Select(rule => rule.Rule));
            return;
        }

        if (!values.TryGet(_kind.Field.Slot, _kind.IsBefore, out var value)
            || value is not string text
            || !text.AsSpan().ContainsAny(_all))
            return;

        foreach (var (wanted, rule) in _rules)
        {
            if (text.Contains(wanted, StringComparison.Ordinal))
                found.Add(rule);
        }
    }
}
