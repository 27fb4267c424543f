namespace ModelEvents.Rules;

/// <summary>A rule cannot be as it was given: its name or its configuration is wrong.</summary>
public sealed class InvalidTriggerRuleException : Exception
{
    /// <summary>Refuses a rule.</summary>
    /// <param name="reasons">Everything that is wrong with it, a sentence or two each.</param>
    public InvalidTriggerRuleException(params IReadOnlyList<string> reasons)
        : base(string.Join(' ', reasons)) => Reasons = reasons;

    /// <summary>Everything that is wrong with the rule.</summary>
    public IReadOnlyList<string> Reasons { get; }
}
