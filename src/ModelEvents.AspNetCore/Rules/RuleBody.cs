using System.Text.Json;

namespace ModelEvents.Rules;

/// <summary>What is sent to create or edit a rule.</summary>
internal sealed record RuleBody
{
    public string? Type { get; init; }

    public string? Name { get; init; }

    public JsonElement? Configuration { get; init; }

    public bool? IsActive { get; init; }

    public long? Version { get; init; }
}
