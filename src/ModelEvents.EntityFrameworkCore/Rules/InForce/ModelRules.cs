using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules.InForce;

/// <summary>The rules that changes of one listed model can meet.</summary>
internal sealed class ModelRules(FieldTable fields, RuleInForce[] rules)
{
    public FieldTable Fields => fields;

    /// <summary>Whether a change may meet one of them, as far as it is known before the row is written.</summary>
    public bool MayBeMet(ChangeValues values)
    {
        foreach (var rule in rules)
        {
            if (Judge(rule, values) != Verdict.NotMet)
                return true;
        }

        return false;
    }

    /// <summary>Those that a change meets or may meet.</summary>
    public List<RuleInForce>? Find(ChangeValues values)
    {
        List<RuleInForce>? found = null;
        foreach (var rule in rules)
        {
            if (Judge(rule, values) != Verdict.NotMet)
                (found ??= []).Add(rule);
        }

        return found;
    }

    /// <summary>Code of the user's is asked once all is known.</summary>
    private static Verdict Judge(RuleInForce rule, ChangeValues values) =>
        rule.Early is { } early ? early.Judge(values) : Verdict.Undecided;
}
