using System.Text.Json;

namespace ModelEvents.Rules;

/// <summary>A rule with all that there is of it.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Type">Which handler decides for it.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsActive">Whether it is in force.</param>
/// <param name="Created">When it was created.</param>
/// <param name="Archived">When it was archived, if it was.</param>
/// <param name="LastModified">When it was last edited or archived.</param>
/// <param name="Version">What an edit of it must name.</param>
/// <param name="Configuration">What its handler reads; a text where the row has no valid JSON.</param>
public sealed record TriggerRuleDetails(
    Guid Id,
    string Type,
    string Name,
    bool IsActive,
    DateTimeOffset Created,
    DateTimeOffset? Archived,
    DateTimeOffset LastModified,
    long Version,
    JsonElement Configuration);
