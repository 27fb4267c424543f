using System.Text.Json;

namespace ModelEvents.Rules;

/// <summary>Rules and trigger events as objects to be written as JSON, for lists and in detail.</summary>
public static class TriggerSerializers
{
    /// <summary>The rule as it stands in lists.</summary>
    public static TriggerRuleItem ToItem(this TriggerRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new(
            rule.Id, rule.Type, rule.Name, rule.IsActive, rule.Created, rule.Archived, rule.LastModified, rule.Version);
    }

    /// <summary>The rule with its configuration.</summary>
    public static TriggerRuleDetails ToDetails(this TriggerRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new(
            rule.Id,
            rule.Type,
            rule.Name,
            rule.IsActive,
            rule.Created,
            rule.Archived,
            rule.LastModified,
            rule.Version,
            Parse(rule.Configuration));
    }

    /// <summary>The event as it stands in lists, with its rule if that is loaded.</summary>
    public static TriggerEventItem ToItem(this TriggerEvent one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return new(one.Id, one.Type, one.Rule?.ToItem(), one.Occurred, one.Acknowledged);
    }

    /// <summary>The event with its description, and its rule in detail if that is loaded.</summary>
    public static TriggerEventDetails ToDetails(this TriggerEvent one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return new(one.Id, one.Type, one.Rule?.ToDetails(), one.Occurred, one.Acknowledged, Parse(one.Description));
    }

    /// <summary>A row that somebody broke can still be looked at.</summary>
    private static JsonElement Parse(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(json);
        }
    }
}
