namespace ModelEvents.Rules;

/// <summary>A rule as it stands in lists.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Type">Which handler decides for it.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsActive">Whether it is in force.</param>
/// <param name="Created">When it was created.</param>
/// <param name="Archived">When it was archived, if it was.</param>
/// <param name="LastModified">When it was last edited or archived.</param>
/// <param name="Version">What an edit of it must name.</param>
public sealed record TriggerRuleItem(
    Guid Id,
    string Type,
    string Name,
    bool IsActive,
    DateTimeOffset Created,
    DateTimeOffset? Archived,
    DateTimeOffset LastModified,
    long Version);
