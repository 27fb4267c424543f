using System.Text.Json;

namespace ModelEvents.Rules;

/// <summary>What is sent to create or edit a rule. What a rule is answered with can be sent back with it.</summary>
internal sealed record RuleBody
{
    public string? Type { get; init; }

    public string? Name { get; init; }

    public JsonElement? Configuration { get; init; }

    public bool? IsActive { get; init; }

    public long? Version { get; init; }

    public Guid? Id { get; init; }

    public DateTimeOffset? Created { get; init; }

    public DateTimeOffset? Archived { get; init; }

    public DateTimeOffset? LastModified { get; init; }
}
