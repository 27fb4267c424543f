namespace ModelEvents.Rules;

/// <summary>A trigger event as it stands in lists.</summary>
/// <param name="Id">Its identity, which is the message id of what was published for it.</param>
/// <param name="Type">What kind of event it is.</param>
/// <param name="Rule">The rule that was met, if it is of one.</param>
/// <param name="Occurred">When it happened.</param>
/// <param name="Acknowledged">When somebody took care of it, if somebody did.</param>
public sealed record TriggerEventItem(
    Guid Id, string Type, TriggerRuleItem? Rule, DateTimeOffset Occurred, DateTimeOffset? Acknowledged);
