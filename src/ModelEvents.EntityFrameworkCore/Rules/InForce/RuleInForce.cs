using ModelEvents.Rules.Conditions;

namespace ModelEvents.Rules.InForce;

/// <summary>One version of a rule that changes can meet, and what it asks of them.</summary>
internal sealed class RuleInForce(TriggerRule rule, ITriggerCondition condition)
{
    private int _hasFailed;

    public TriggerRule Rule { get; } = rule;

    public ITriggerCondition Condition { get; } = condition;

    /// <summary>The condition, where it is one that can be asked before the row is written.</summary>
    public ChangeCondition? Early { get; } = condition as ChangeCondition;

    /// <summary>Whether this is the first time that it fails.</summary>
    public bool FailsFirst => Interlocked.Exchange(ref _hasFailed, 1) == 0;
}
