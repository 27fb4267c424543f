using System.Text.Json;
using ModelEvents.Configuration;
using ModelEvents.Models;

namespace ModelEvents.Rules;

/// <summary>
/// The handlers of this program, by the type of their rules. The last one of a type wins, and any over a built-in one.
/// </summary>
internal sealed class RuleHandlers
{
    private readonly Dictionary<string, ITriggerRuleHandler> _handlers = [];

    public RuleHandlers(IEnumerable<ITriggerRuleHandler> handlers)
    {
        foreach (var handler in handlers.Prepend(new ManualRuleHandler()).Prepend(new ChangeRuleHandler()))
        {
            if (string.IsNullOrWhiteSpace(handler.Type) || handler.Type.Length > TriggerRule.MaxTypeLength)
            {
                throw new InvalidOperationException(
                    $"The handler '{handler.GetType().Name}' is for rules of the type '{handler.Type}'. Give it a type of 1 to "
                    + $"{TriggerRule.MaxTypeLength} characters.");
            }

            _handlers[handler.Type] = handler;
        }
    }

    /// <summary>Reads a rule, and throws if anything is wrong with it.</summary>
    /// <exception cref="InvalidTriggerTypeException">No handler is for this type.</exception>
    /// <exception cref="InvalidTriggerRuleException">The name or the configuration is wrong.</exception>
    public ITriggerCondition? Read(string type, string name, string configuration, TriggerModels models)
    {
        if (!_handlers.TryGetValue(type, out var handler))
        {
            throw new InvalidTriggerTypeException(
                type,
                $"The type '{type}' of the rule '{name}' has no handler. {Nearest.Hint(type, _handlers.Keys, "Types are")} "
                + "Handlers of yours are added with 'AddTriggerRuleHandler'.");
        }

        var reasons = MistakesInName(name).ToList();
        using var json = Parse(configuration, reasons);
        ITriggerCondition? condition = null;
        try
        {
            condition = json is null ? null : handler.Read(json.RootElement.Clone(), models);
            if (condition is not null)
                models.FindTable(condition.Model, reasons);
        }
        catch (InvalidTriggerRuleException invalid)
        {
            reasons.AddRange(invalid.Reasons);
        }

        return reasons.Count == 0 ? condition : throw new InvalidTriggerRuleException(reasons);
    }

    private static JsonDocument? Parse(string configuration, List<string> reasons)
    {
        try
        {
            var json = JsonDocument.Parse(configuration);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                reasons.Add("The configuration is no JSON object. Put it in braces.");
            else if (HasUnfitText(json.RootElement))
                reasons.Add("The configuration has a text that a database cannot hold: with the character U+0000, or half of "
                    + "one such as '\\ud800'. Write it without.");
            else
                return json;

            json.Dispose();
        }
        catch (JsonException exception)
        {
            reasons.Add($"The configuration is no JSON: {exception.Message} Correct it.");
        }

        return null;
    }

    private static bool HasUnfitText(JsonElement json)
    {
        try
        {
            return TextsOf(json).Any(text => text.Contains('\0'));
        }
        catch (InvalidOperationException)
        {
            // JsonElement cannot read half of a surrogate pair.
            return true;
        }
    }

    private static IEnumerable<string> TextsOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property => TextsOf(property.Value).Prepend(property.Name)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(TextsOf),
        JsonValueKind.String => [json.GetString()!],
        _ => [],
    };

    private static IEnumerable<string> MistakesInName(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
            yield return "The name is empty. Give the rule one: it names its events.";
        else if (name.Length > TriggerRule.MaxNameLength)
            yield return $"The name has {name.Length} characters. Shorten it to {TriggerRule.MaxNameLength}.";
        else if (!PlainText.Is(name))
            yield return "The name has a control character in it. Write it without.";
        else if (EventNames.IsTooLong(RuleEventName.Of(name, NameStyle.Dunder)))
            yield return $"The event name '{RuleEventName.Of(name, NameStyle.Dunder)}' has more than the {EventNames.MaxBytes} "
                + "bytes that AMQP allows. Shorten the name.";
    }
}
