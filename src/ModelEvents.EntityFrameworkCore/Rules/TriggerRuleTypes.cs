namespace ModelEvents.Rules;

/// <summary>The types of rules that need no handler of your own.</summary>
public static class TriggerRuleTypes
{
    /// <summary>
    /// Met by changes of a listed model. The configuration says of which, by which actions, and on what condition:
    /// <code>
    /// {
    ///   "model": "Order",
    ///   "actions": [ "updated" ],
    ///   "condition": { "all": [
    ///     { "field": "total", "op": ">", "value": 1000 },
    ///     { "field": "status", "from": "paid", "to": "shipped" }
    ///   ] }
    /// }
    /// </code>
    /// Without <c>actions</c> all three count, without <c>condition</c> every change does.
    /// </summary>
    public const string Change = "change";

    /// <summary>Met by no change: code fires it (<see cref="ITriggerRules.FireAsync"/>). Any JSON object configures it.</summary>
    public const string Manual = "manual";
}
