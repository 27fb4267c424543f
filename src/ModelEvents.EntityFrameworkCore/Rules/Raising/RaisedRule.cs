using ModelEvents.Rules.Conditions;
using ModelEvents.Rules.InForce;

namespace ModelEvents.Rules.Raising;

/// <summary>A rule that a change meets or, if that is not known yet, may meet.</summary>
/// <param name="Id">The id of the event that it raises; fixed here so that a retried attempt is not a duplicate.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Values">The values of the change.</param>
internal sealed record RaisedRule(Guid Id, RuleInForce Rule, ChangeValues Values);
