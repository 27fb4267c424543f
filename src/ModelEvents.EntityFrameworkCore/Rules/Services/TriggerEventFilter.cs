namespace ModelEvents.Rules;

/// <summary>Which events are listed: those that fit all that is set.</summary>
public sealed record TriggerEventFilter
{
    /// <summary>Their type.</summary>
    public string? Type { get; init; }

    /// <summary>Their rule.</summary>
    public Guid? RuleId { get; init; }

    /// <summary>The earliest that counts.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The first that no longer counts.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether somebody took care of them.</summary>
    public bool? IsAcknowledged { get; init; }

    /// <summary>The page, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>How many are on a page, 1 to 1000. Default: 100.</summary>
    public int PageSize { get; init; } = 100;
}
