namespace ModelEvents.Rules;

/// <summary>Which rules are listed: those that fit all that is set.</summary>
public sealed record TriggerRuleFilter
{
    /// <summary>Their type.</summary>
    public string? Type { get; init; }

    /// <summary>Their whole name.</summary>
    public string? Name { get; init; }

    /// <summary>Whether they are in force.</summary>
    public bool? IsActive { get; init; }

    /// <summary>Whether they are archived.</summary>
    public bool? IsArchived { get; init; }

    /// <summary>The page, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>How many are on a page, 1 to 1000. Default: 100.</summary>
    public int PageSize { get; init; } = 100;
}
