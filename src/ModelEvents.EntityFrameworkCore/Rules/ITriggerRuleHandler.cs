using System.Text.Json;

namespace ModelEvents.Rules;

/// <summary>
/// Knows the rules of one type. Registered by <c>AddTriggerRuleHandler&lt;T&gt;()</c>, made once and used concurrently.
/// </summary>
public interface ITriggerRuleHandler
{
    /// <summary>The type of its rules, at most 50 characters.</summary>
    string Type { get; }

    /// <summary>
    /// Reads a rule's configuration. Called when the rule is created or edited, and once for each version of it in every
    /// process.
    /// </summary>
    /// <param name="configuration">The configuration, a JSON object.</param>
    /// <param name="models">The listed models that changes can be of.</param>
    /// <returns>What is asked of changes; <see langword="null"/> where only code fires the rule.</returns>
    /// <exception cref="InvalidTriggerRuleException">The configuration is wrong; with everything that is.</exception>
    ITriggerCondition? Read(JsonElement configuration, TriggerModels models);
}
