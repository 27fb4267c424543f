using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules.InForce;

/// <summary>The rules that changes of one listed model can meet, the oldest first.</summary>
internal sealed class ModelRules(FieldTable fields, RuleInForce[] rules)
{
    private readonly RuleIndex _index = new(rules);

    public FieldTable Fields => fields;

    /// <summary>Those that a change meets or, as far as it is known before the row is written, may meet.</summary>
    public List<RuleInForce>? Find(ChangeValues values)
    {
        var guarded = new List<int>();
        _index.Find(values, guarded);
        guarded.Sort();

        List<RuleInForce>? found = null;
        for (var place = 0; place < guarded.Count; place++)
        {
            var isRepeated = place > 0 && guarded[place] == guarded[place - 1];
            if (!isRepeated && MayBeMet(rules[guarded[place]], values))
                (found ??= []).Add(rules[guarded[place]]);
        }

        return found;
    }

    /// <summary>Code of the user's is asked once all is known.</summary>
    private static bool MayBeMet(RuleInForce rule, ChangeValues values) =>
        rule.Early is not { } early || early.Judge(values) != Verdict.NotMet;
}
