namespace ModelEvents.Rules;

/// <summary>What becomes of a rule. What is not set stays.</summary>
public sealed record TriggerRuleEdit
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary>Another configuration, as JSON text.</summary>
    public string? Configuration { get; init; }

    /// <summary>Whether it is in force.</summary>
    public bool? IsActive { get; init; }
}
