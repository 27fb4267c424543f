namespace ModelEvents.Rules.InForce;

/// <summary>The rules in force, as they were read.</summary>
/// <param name="Stamp">What was seen of the table before they were read.</param>
/// <param name="Rules">The active rules, the oldest first.</param>
internal sealed record RuleRows(RuleStamp Stamp, IReadOnlyList<TriggerRule> Rules);
